import { mount } from 'svelte';
import '../design/theme.svelte.js';
import FlowPage from './FlowPage.svelte';
import { FlowRun } from './flow-run.svelte.js';
import './flow.css';

const slug = decodeURIComponent(/^\/if\/flow\/([^/]+)\//.exec(location.pathname)?.[1] ?? '');
const run = new FlowRun(slug, location.search.slice(1));
mount(FlowPage, { target: document.getElementById('app')!, props: { run } });
void run.load();
