/**
 * A small WebAssembly module, assembled by hand: Lua calls functions by their index in a table that
 * takes WebAssembly functions only, so ours get in through here; and it has the allocator, which
 * counts what the script's values take and is called too often to be JavaScript.
 *
 *     (module
 *       (type $call (func (param i32) (result i32)))
 *       (type $hook (func (param i32 i32)))
 *       (type $alloc (func (param i32 i32 i32 i32) (result i32)))
 *       (type $realloc (func (param i32 i32) (result i32)))
 *       (import "host" "call" (func $call (type $call)))
 *       (import "host" "hook" (func $hook (type $hook)))
 *       (import "host" "refused" (func $refused (type $hook)))
 *       (import "host" "free" (func $free (param i32)))
 *       (import "host" "realloc" (func $realloc (type $realloc)))
 *       (global $used (mut i32) (i32.const 0))
 *       (global $limit (mut i32) (i32.const -1))
 *       (global $growths (mut i32) (i32.const 0))
 *       (func $allocate (type $alloc) ;; (ud ptr osize nsize)
 *         (if (i32.eqz (local.get 1)) (then (local.set 2 (i32.const 0)))) ;; osize is a type then
 *         (if (i32.eqz (local.get 3)) (then
 *           (call $free (local.get 1))
 *           (global.set $used (i32.sub (global.get $used) (local.get 2)))
 *           (return (i32.const 0))))
 *         (local.set 4 (i32.sub (local.get 3) (local.get 2))) ;; by how much it grows
 *         (if (i32.gt_s (local.get 4) (i32.const 0)) (then
 *           (if (i32.gt_u (local.get 4) (i32.sub (global.get $limit) (global.get $used))) (then
 *             (call $refused (local.get 1) (local.get 3))
 *             (return (i32.const 0))))))
 *         (local.set 5 (call $realloc (local.get 1) (local.get 3)))
 *         (if (i32.eqz (local.get 5)) (then
 *           (call $refused (local.get 1) (local.get 3))
 *           (return (i32.const 0))))
 *         (global.set $used (i32.add (global.get $used) (local.get 4)))
 *         (if (i32.gt_s (local.get 4) (i32.const 0))
 *           (then (global.set $growths (i32.add (global.get $growths) (i32.const 1)))))
 *         (local.get 5))
 *       (export ...))
 */

import type { LuaState, Pointer } from "./api.ts";

export interface Trampolines {
  /** For Lua's table: the host's `call`, its `hook`, and the allocator. */
  readonly call: unknown;
  readonly hook: unknown;
  readonly allocate: unknown;
  /** Bytes that Lua's values take. */
  readonly used: { readonly value: number };
  /** Bytes that they may take, unsigned. */
  readonly limit: { value: number };
  /** How often memory was given. */
  readonly growths: { readonly value: number };
}

export interface TrampolineHost {
  /** A function of ours was called by Lua; gives how many results it pushed. */
  call(L: LuaState): number;
  hook(L: LuaState): void;
  /** So many bytes in the place of a block (0: none) were refused. */
  refused(block: Pointer, bytes: number): void;
  free(block: Pointer): void;
  realloc(block: Pointer, bytes: number): Pointer;
}

const I32 = 0x7f;
const text = (value: string) => [value.length, ...Buffer.from(value, "latin1")];
const section = (id: number, items: readonly (readonly number[])[]) => {
  const body = [items.length, ...items.flat()];
  return [id, ...size(body.length), ...body];
};
/** LEB128, unsigned, to 14 bits. */
const size = (n: number) => (n < 128 ? [n] : [(n & 127) | 128, n >> 7]);
const func = (params: number, results: number) => [
  0x60,
  params,
  ...Array<number>(params).fill(I32),
  results,
  ...Array<number>(results).fill(I32),
];
const imported = (name: string, type: number) => [...text("host"), ...text(name), 0, type];
const exported = (name: string, kind: number, index: number) => [...text(name), kind, index];
const mutable = (initial: number) => [I32, 1, 0x41, initial, 0x0b];

const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const getGlobal = (index: number) => [0x23, index];
const setGlobal = (index: number) => [0x24, index];
const call = (index: number) => [0x10, index];
const number = (n: number) => [0x41, n];
const when = (condition: readonly number[], then: readonly number[]) => [
  ...condition,
  ...[0x04, 0x40],
  ...then,
  0x0b,
];
const isZero = (value: readonly number[]) => [...value, 0x45];
const RETURN = 0x0f;
const GREATER_SIGNED = 0x4a;
const GREATER_UNSIGNED = 0x4b;
const ADD = 0x6a;
const SUBTRACT = 0x6b;

const [BLOCK, OLD, NEW, GROWTH, GIVEN] = [1, 2, 3, 4, 5] as const;
const [CALL, HOOK, REFUSED, FREE, REALLOC, ALLOCATE] = [0, 1, 2, 3, 4, 5] as const;
const [USED, LIMIT, GROWTHS] = [0, 1, 2] as const;

const refuse = [...get(BLOCK), ...get(NEW), ...call(REFUSED), ...number(0), RETURN];
const grows = [...get(GROWTH), ...number(0), GREATER_SIGNED];
const allocate = [
  ...[1, 2, I32],
  ...when(isZero(get(BLOCK)), [...number(0), ...set(OLD)]),
  ...when(isZero(get(NEW)), [
    ...[...get(BLOCK), ...call(FREE)],
    ...[...getGlobal(USED), ...get(OLD), SUBTRACT, ...setGlobal(USED)],
    ...[...number(0), RETURN],
  ]),
  ...[...get(NEW), ...get(OLD), SUBTRACT, ...set(GROWTH)],
  ...when(
    grows,
    when(
      [...get(GROWTH), ...getGlobal(LIMIT), ...getGlobal(USED), SUBTRACT, GREATER_UNSIGNED],
      refuse,
    ),
  ),
  ...[...get(BLOCK), ...get(NEW), ...call(REALLOC), ...set(GIVEN)],
  ...when(isZero(get(GIVEN)), refuse),
  ...[...getGlobal(USED), ...get(GROWTH), ADD, ...setGlobal(USED)],
  ...when(grows, [...getGlobal(GROWTHS), ...number(1), ADD, ...setGlobal(GROWTHS)]),
  ...get(GIVEN),
  0x0b,
];

const MODULE = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...section(1, [func(1, 1), func(2, 0), func(4, 1), func(2, 1), func(1, 0)]),
  ...section(2, [
    imported("call", 0),
    imported("hook", 1),
    imported("refused", 1),
    imported("free", 4),
    imported("realloc", 3),
  ]),
  ...section(3, [[2]]),
  ...section(6, [mutable(0), mutable(0x7f), mutable(0)]),
  ...section(7, [
    exported("call", 0, CALL),
    exported("hook", 0, HOOK),
    exported("allocate", 0, ALLOCATE),
    exported("used", 3, USED),
    exported("limit", 3, LIMIT),
    exported("growths", 3, GROWTHS),
  ]),
  ...section(10, [[...size(allocate.length), ...allocate]]),
]);

export function trampolines(host: TrampolineHost): Trampolines {
  const module = new WebAssembly.Module(MODULE);
  const instance = new WebAssembly.Instance(module, { host: { ...host } });
  return instance.exports as unknown as Trampolines;
}
