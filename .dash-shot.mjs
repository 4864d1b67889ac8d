import { chromium } from 'playwright-core';
const base='http://localhost:9180';
const b=await chromium.launch({executablePath:'/usr/bin/chromium',args:['--no-sandbox']});
const jobs=process.argv.slice(2); // name|path|wide|theme|action
for (const job of jobs){
  const [name,path,size='wide',theme='light',act='']=job.split('|');
  const ctx=await b.newContext({baseURL:base,viewport:size==='wide'?{width:1440,height:900}:{width:360,height:740},colorScheme:theme,reducedMotion:'reduce',timezoneId:'Europe/Berlin'});
  const p=await ctx.newPage();
  p.on('console',m=>{if(m.type()==='error')console.log(name,'console',m.text())}); p.on('pageerror',e=>console.log(name,'error',e.message));
  await p.goto('/if/flow/default-authentication-flow/?next='+encodeURIComponent('/if/user/'));
  await p.locator('input[name=uid_field]').fill('akadmin'); await p.keyboard.press('Enter');
  await p.locator('input[name=password]').fill('correct horse battery staple'); await p.keyboard.press('Enter');
  await p.waitForURL('**/if/user/');
  await p.goto(path); await p.waitForLoadState('networkidle').catch(()=>0); await p.waitForTimeout(700);
  if(act) { await (new Function('p','return (async()=>{'+act+'})()'))(p); await p.waitForTimeout(500); }
  const w=await p.evaluate('document.documentElement.scrollWidth - innerWidth'); if(w>0) console.log(name,'overhang',w);
  await p.screenshot({path:`/tmp/dash/shots/${name}.png`,fullPage:true}); await ctx.close();
}
await b.close();
