import { mount } from 'svelte';
import { loadBrand } from '../client/brand.js';
import { loadMe } from '../client/me.js';
import { router } from '../client/router.svelte.js';
import UserApp from './UserApp.svelte';
import '../design/app.css';

router.start('/if/user');
const [me, brand] = await Promise.all([loadMe(), loadBrand()]);
mount(UserApp, { target: document.getElementById('app')!, props: { me, brand } });
