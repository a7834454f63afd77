import { StorageMap } from "@twinmap/twinmap/unstorage";
import { devalue } from "@twinmap/twinmap/devalue";
import { createStorage } from "unstorage";
import { sessionOf } from "./session.ts";
import process from "node:process";
const m=new StorageMap<string,unknown>(createStorage()), s=createStorage();
const N=1000; const keys=Array.from({length:N},(_,i)=>`session:${i}`);
const cpu=()=>{const u=process.cpuUsage();return u.user+u.system};
const F={ os:(k:string,i:number)=>m.set(k,sessionOf(i)), rs:(k:string,i:number)=>s.setItemRaw(k,devalue.encode(sessionOf(i))), og:(k:string)=>m.get(k), rg:async(k:string)=>devalue.decode(await s.getItemRaw(k) as string)};
const r:Record<string,number[]>={};
for (let q=0;q<12;q++) for(const [n,f] of Object.entries(F)){ const a=cpu(); for(let i=0;i<N*3;i++) await f(keys[i%N],i); (r[n]??=[]).push((cpu()-a)/N/3);}
const md=(n:string)=>r[n].sort((x,y)=>x-y)[6];
console.log("cpu us", Object.keys(F).map(n=>n+" "+md(n).toFixed(1)).join(" "), "set",(md("os")/md("rs")).toFixed(2),"get",(md("og")/md("rg")).toFixed(2));
