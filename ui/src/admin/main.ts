import { mount } from 'svelte';
import { loadBrand } from '../client/brand.js';
import { loadMe } from '../client/me.js';
import { router } from '../client/router.svelte.js';
import AdminApp from './frame/AdminApp.svelte';
import { pathFromHash } from './frame/routes.js';
import '../design/app.css';

const base = '/if/admin';
const old = pathFromHash(location.hash);
if (old !== null) history.replaceState(null, '', `${base}${old}`);
router.start(base);
const [me, brand] = await Promise.all([loadMe(), loadBrand()]);
mount(AdminApp, { target: document.getElementById('app')!, props: { me, brand } });
