import { SHARED_TABLE, UNSHARED_TABLE } from "./table_wasm.ts";

const modules = new Map<string, WebAssembly.Module>();

/** The compiled `src/shared/assembly/table.ts` for a memory, shared or not. */
export function tableModule(memory: WebAssembly.Memory): WebAssembly.Module {
  const code = memory.buffer instanceof ArrayBuffer ? UNSHARED_TABLE : SHARED_TABLE;
  let module = modules.get(code);
  if (module === undefined) {
    module = new WebAssembly.Module(Uint8Array.from(atob(code), (character) => character.charCodeAt(0)));
    modules.set(code, module);
  }
  return module;
}
