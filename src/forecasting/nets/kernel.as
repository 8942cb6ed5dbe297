// The recurrent layer's arithmetic in 32-bit floats, four at a time: forward, backward through time, dense head,
// loss and Adam. AssemblyScript; `node scripts/build-kernel.ts` makes kernel.wasm of it. Addresses are bytes, strides elements.
// Sequences are batch-major, [batch, time, width]; gates are in Keras order: input, forget, cell, output.

/** Rows of B that are laid out anew at a time, and room for eight columns of them. */
const DEEP = 256;
const PANEL: usize = memory.data(8192, 16);
/** Rows of A from which laying out B anew pays. */
const MANY = 12;

/** First byte of memory that is free. */
export function firstByte(): usize {
  return __heap_base;
}

/** Elements from one row of gates, or of states, to the next. Rows of a power of two would all lie in the same few places of a cache. */
export function strideOf(width: i32): i32 {
  return width + 16;
}

/** C += A B, with A(i, p) at a + 4 (i * rowStride + p * columnStride): A or its transpose. B and C are row-major. */
export function multiply(
  a: usize, rowStride: i32, columnStride: i32, b: usize, ldb: i32, c: usize, ldc: i32, m: i32, n: i32, k: i32,
): void {
  const rs = <usize>rowStride << 2;
  const cs = <usize>columnStride << 2;
  const bs = <usize>ldb << 2;
  const ks = <usize>ldc << 2;
  const whole = m & ~3;
  const panels = n & ~7;
  for (let from = 0; from < k; from += DEEP) {
    const deep = min(DEEP, k - from);
    const colA = a + <usize>from * cs;
    const rowB = b + <usize>from * bs;
    for (let j = 0; j < panels && whole > 0; j += 8) {
      const at = <usize>j << 2;
      if (m < MANY) {
        multiplyPanel(colA, rs, cs, rowB + at, bs, c + at, ks, whole, deep);
        continue;
      }
      layPanel(rowB + at, bs, PANEL, deep);
      multiplyPanel(colA, rs, cs, PANEL, 32, c + at, ks, whole, deep);
    }
    multiplyRest(colA, rs, cs, rowB + (<usize>panels << 2), bs, c + (<usize>panels << 2), ks, whole, n - panels, deep);
    for (let i = whole; i < m; i++) multiplyRow(colA + <usize>i * rs, cs, rowB, bs, c + <usize>i * ks, n, deep);
  }
}

/** C += A B of a B that `layOut` laid out; n is a multiple of 4. */
function multiplyLaid(
  a: usize, rowStride: i32, b: usize, c: usize, ldc: i32, m: i32, n: i32, k: i32,
): void {
  const rs = <usize>rowStride << 2;
  const ks = <usize>ldc << 2;
  const whole = m & ~3;
  let panel = b;
  for (let j = 0; j < n; j += 8) {
    const at = c + (<usize>j << 2);
    const wide = min(8, n - j);
    const bs = <usize>wide << 2;
    if (wide === 8) multiplyPanel(a, rs, 4, panel, bs, at, ks, whole, k);
    else multiplyRest(a, rs, 4, panel, bs, at, ks, whole, wide, k);
    for (let i = whole; i < m; i++) multiplyRow(a + <usize>i * rs, 4, panel, bs, at + <usize>i * ks, wide, k);
    panel += <usize>k * bs;
  }
}

/** Eight columns of a product, four rows at a time; m is a multiple of 4. Strides in bytes. */
function multiplyPanel(a: usize, rs: usize, cs: usize, b: usize, bs: usize, c: usize, ks: usize, m: i32, k: i32): void {
  for (let i = 0; i < m; i += 4) {
    const at = c + <usize>i * ks;
    let c00 = v128.load(at), c01 = v128.load(at, 16);
    let c10 = v128.load(at + ks), c11 = v128.load(at + ks, 16);
    let c20 = v128.load(at + 2 * ks), c21 = v128.load(at + 2 * ks, 16);
    let c30 = v128.load(at + 3 * ks), c31 = v128.load(at + 3 * ks, 16);
    let pa = a + <usize>i * rs;
    let pb = b;
    for (let p = 0; p < k; p++) {
      const b0 = v128.load(pb), b1 = v128.load(pb, 16);
      let s = v128.load32_splat(pa);
      c00 = f32x4.add(c00, f32x4.mul(s, b0));
      c01 = f32x4.add(c01, f32x4.mul(s, b1));
      s = v128.load32_splat(pa + rs);
      c10 = f32x4.add(c10, f32x4.mul(s, b0));
      c11 = f32x4.add(c11, f32x4.mul(s, b1));
      s = v128.load32_splat(pa + 2 * rs);
      c20 = f32x4.add(c20, f32x4.mul(s, b0));
      c21 = f32x4.add(c21, f32x4.mul(s, b1));
      s = v128.load32_splat(pa + 3 * rs);
      c30 = f32x4.add(c30, f32x4.mul(s, b0));
      c31 = f32x4.add(c31, f32x4.mul(s, b1));
      pa += cs;
      pb += bs;
    }
    v128.store(at, c00); v128.store(at, c01, 16);
    v128.store(at + ks, c10); v128.store(at + ks, c11, 16);
    v128.store(at + 2 * ks, c20); v128.store(at + 2 * ks, c21, 16);
    v128.store(at + 3 * ks, c30); v128.store(at + 3 * ks, c31, 16);
  }
}

/** Fewer than eight columns of a product, four rows at a time; m is a multiple of 4. */
function multiplyRest(
  a: usize, rs: usize, cs: usize, b: usize, bs: usize, c: usize, ks: usize, m: i32, n: i32, k: i32,
): void {
  if (n < 4) {
    for (let i = 0; i < m && n > 0; i++) multiplyRow(a + <usize>i * rs, cs, b, bs, c + <usize>i * ks, n, k);
    return;
  }
  for (let i = 0; i < m; i += 4) {
    const at = c + <usize>i * ks;
    let c0 = v128.load(at), c1 = v128.load(at + ks), c2 = v128.load(at + 2 * ks), c3 = v128.load(at + 3 * ks);
    let pa = a + <usize>i * rs;
    let pb = b;
    for (let p = 0; p < k; p++) {
      const b0 = v128.load(pb);
      c0 = f32x4.add(c0, f32x4.mul(v128.load32_splat(pa), b0));
      c1 = f32x4.add(c1, f32x4.mul(v128.load32_splat(pa + rs), b0));
      c2 = f32x4.add(c2, f32x4.mul(v128.load32_splat(pa + 2 * rs), b0));
      c3 = f32x4.add(c3, f32x4.mul(v128.load32_splat(pa + 3 * rs), b0));
      pa += cs;
      pb += bs;
    }
    v128.store(at, c0);
    v128.store(at + ks, c1);
    v128.store(at + 2 * ks, c2);
    v128.store(at + 3 * ks, c3);
  }
  multiplyRest(a, rs, cs, b + 16, bs, c + 16, ks, m, n - 4, k);
}

/** One row of a product. */
function multiplyRow(a: usize, cs: usize, b: usize, bs: usize, c: usize, n: i32, k: i32): void {
  let j = 0;
  for (; j + 32 <= n; j += 32) {
    const at = c + (<usize>j << 2);
    let c0 = v128.load(at), c1 = v128.load(at, 16), c2 = v128.load(at, 32), c3 = v128.load(at, 48);
    let c4 = v128.load(at, 64), c5 = v128.load(at, 80), c6 = v128.load(at, 96), c7 = v128.load(at, 112);
    let pa = a;
    let pb = b + (<usize>j << 2);
    for (let p = 0; p < k; p++) {
      const s = v128.load32_splat(pa);
      c0 = f32x4.add(c0, f32x4.mul(s, v128.load(pb)));
      c1 = f32x4.add(c1, f32x4.mul(s, v128.load(pb, 16)));
      c2 = f32x4.add(c2, f32x4.mul(s, v128.load(pb, 32)));
      c3 = f32x4.add(c3, f32x4.mul(s, v128.load(pb, 48)));
      c4 = f32x4.add(c4, f32x4.mul(s, v128.load(pb, 64)));
      c5 = f32x4.add(c5, f32x4.mul(s, v128.load(pb, 80)));
      c6 = f32x4.add(c6, f32x4.mul(s, v128.load(pb, 96)));
      c7 = f32x4.add(c7, f32x4.mul(s, v128.load(pb, 112)));
      pa += cs;
      pb += bs;
    }
    v128.store(at, c0); v128.store(at, c1, 16); v128.store(at, c2, 32); v128.store(at, c3, 48);
    v128.store(at, c4, 64); v128.store(at, c5, 80); v128.store(at, c6, 96); v128.store(at, c7, 112);
  }
  for (; j + 4 <= n; j += 4) {
    const at = c + (<usize>j << 2);
    let sum = v128.load(at);
    let pa = a;
    let pb = b + (<usize>j << 2);
    for (let p = 0; p < k; p++) {
      sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(pa), v128.load(pb)));
      pa += cs;
      pb += bs;
    }
    v128.store(at, sum);
  }
  for (; j < n; j++) {
    const at = c + (<usize>j << 2);
    let sum = load<f32>(at);
    let pa = a;
    let pb = b + (<usize>j << 2);
    for (let p = 0; p < k; p++) {
      sum += load<f32>(pa) * load<f32>(pb);
      pa += cs;
      pb += bs;
    }
    store<f32>(at, sum);
  }
}

/** Eight columns of k rows, one row after another. */
function layPanel(b: usize, bs: usize, to: usize, k: i32): void {
  for (let p = 0; p < k; p++) {
    v128.store(to, v128.load(b));
    v128.store(to, v128.load(b, 16), 16);
    b += bs;
    to += 32;
  }
}

/** B [k, n] for `multiplyLaid`: eight columns, one row after another, then the next eight, and last four if n is not a multiple of 8. */
function layOut(b: usize, to: usize, k: i32, n: i32): void {
  const bs = <usize>n << 2;
  let j = 0;
  for (; j + 8 <= n; j += 8) {
    layPanel(b + (<usize>j << 2), bs, to, k);
    to += <usize>k << 5;
  }
  if (j < n)
    for (let p = 0; p < k; p++) v128.store(to + (<usize>p << 4), v128.load(b + <usize>p * bs + (<usize>j << 2)));
}

/** The transpose of from [n, k], for `multiplyLaid`. */
function layOutTurned(from: usize, to: usize, k: i32, n: i32): void {
  for (let j = 0; j < n; j += 8) {
    const wide = min(8, n - j);
    for (let c = 0; c < wide; c++) {
      const row = from + (<usize>((j + c) * k) << 2);
      for (let p = 0; p < k; p++) store<f32>(to + (<usize>(p * wide + c) << 2), load<f32>(row + (<usize>p << 2)));
    }
    to += <usize>(k * wide) << 2;
  }
}

/** to[n, m] = from[m, n] transposed. */
export function transpose(from: usize, to: usize, m: i32, n: i32): void {
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++)
      store<f32>(to + (<usize>(j * m + i) << 2), load<f32>(from + (<usize>(i * n + j) << 2)));
}

/** Each of `rows` rows of `to` becomes the row `from` of `n`. */
export function fillRows(from: usize, to: usize, stride: i32, rows: i32, n: i32): void {
  const bytes = <usize>n << 2;
  for (let r = 0; r < rows; r++) memory.copy(to + (<usize>(r * stride) << 2), from, bytes);
}

/** to[n] += the sum of the rows of from[rows, n]. */
export function addRows(from: usize, stride: i32, to: usize, rows: i32, n: i32): void {
  for (let r = 0; r < rows; r++) {
    const row = from + (<usize>(r * stride) << 2);
    let j = 0;
    for (; j + 4 <= n; j += 4) {
      const at = <usize>j << 2;
      v128.store(to + at, f32x4.add(v128.load(to + at), v128.load(row + at)));
    }
    for (; j < n; j++) {
      const at = <usize>j << 2;
      store<f32>(to + at, load<f32>(to + at) + load<f32>(row + at));
    }
  }
}

/**
 * Numbers of the activations, each four times: loading one is quicker than making it anew. The bounds of the exponent,
 * log2(e), 1.5 * 2^23, ln 2 in two parts, the polynomial from its highest power, 1 and 2.
 */
const NUMBERS: usize = memory.data<f32>([
  -87, -87, -87, -87,
  87, 87, 87, 87,
  1.4426950408889634, 1.4426950408889634, 1.4426950408889634, 1.4426950408889634,
  12582912, 12582912, 12582912, 12582912,
  0.693359375, 0.693359375, 0.693359375, 0.693359375,
  2.12194440e-4, 2.12194440e-4, 2.12194440e-4, 2.12194440e-4,
  1.9875691500e-4, 1.9875691500e-4, 1.9875691500e-4, 1.9875691500e-4,
  1.3981999507e-3, 1.3981999507e-3, 1.3981999507e-3, 1.3981999507e-3,
  8.3334519073e-3, 8.3334519073e-3, 8.3334519073e-3, 8.3334519073e-3,
  4.1665795894e-2, 4.1665795894e-2, 4.1665795894e-2, 4.1665795894e-2,
  1.6666665459e-1, 1.6666665459e-1, 1.6666665459e-1, 1.6666665459e-1,
  5.0000001201e-1, 5.0000001201e-1, 5.0000001201e-1, 5.0000001201e-1,
  1, 1, 1, 1,
  2, 2, 2, 2,
], 16);

// e^x to 2e-7, after Cephes: x = n ln 2 + r, and a polynomial in r. Adding 1.5 * 2^23 leaves the nearest whole number
// in the lowest bits. NaN stays NaN.
// @ts-ignore: decorator
@inline
function exp4(value: v128): v128 {
  const x = f32x4.pmax(f32x4.pmin(value, v128.load(NUMBERS, 16)), v128.load(NUMBERS, 0));
  const shifted = f32x4.add(f32x4.mul(x, v128.load(NUMBERS, 32)), v128.load(NUMBERS, 48));
  const n = f32x4.sub(shifted, v128.load(NUMBERS, 48));
  let r = f32x4.sub(x, f32x4.mul(n, v128.load(NUMBERS, 64)));
  r = f32x4.add(r, f32x4.mul(n, v128.load(NUMBERS, 80)));
  let y = v128.load(NUMBERS, 96);
  y = f32x4.add(f32x4.mul(y, r), v128.load(NUMBERS, 112));
  y = f32x4.add(f32x4.mul(y, r), v128.load(NUMBERS, 128));
  y = f32x4.add(f32x4.mul(y, r), v128.load(NUMBERS, 144));
  y = f32x4.add(f32x4.mul(y, r), v128.load(NUMBERS, 160));
  y = f32x4.add(f32x4.mul(y, r), v128.load(NUMBERS, 176));
  y = f32x4.add(f32x4.add(f32x4.mul(y, f32x4.mul(r, r)), r), v128.load(NUMBERS, 192));
  // y 2^n: n goes into the exponent
  return i32x4.add(y, i32x4.shl(shifted, 23));
}

// @ts-ignore: decorator
@inline
function sigmoid4(x: v128): v128 {
  const one = v128.load(NUMBERS, 192);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
}

// @ts-ignore: decorator
@inline
function tanh4(x: v128): v128 {
  const two = v128.load(NUMBERS, 208);
  return f32x4.sub(f32x4.mul(two, sigmoid4(f32x4.mul(two, x))), v128.load(NUMBERS, 192));
}

/**
 * A recurrent layer over whole sequences.
 * @param x     [batch, time, inputs]
 * @param w     kernel [inputs, 4 units], then recurrent kernel [units, 4 units], then bias [4 units]
 * @param gates [batch, time, 4 units] with rows of strideOf(4 units), written: the gates after their activations
 * @param before [batch, time, units] with rows of strideOf(units), written: the state each step began with
 * @param cells, squashed [time, batch, units], written: the cell and its tanh
 * @param out   first unit of this layer in [batch, time, outStride]
 * @param laid  room for 4 units * (inputs + units)
 * @param backwards 1: from the last step to the first
 */
export function forward(
  x: usize, w: usize, gates: usize, before: usize, cells: usize, squashed: usize, out: usize, outStride: i32, laid: usize,
  batch: i32, time: i32, inputs: i32, units: i32, backwards: i32,
): void {
  const wide = 4 * units;
  const gateStride = strideOf(wide);
  const stateStride = strideOf(units);
  const u = w + (<usize>(inputs * wide) << 2);
  const bias = u + (<usize>(units * wide) << 2);
  const laidU = laid + (<usize>(inputs * wide) << 2);
  const many = batch >= MANY;
  if (many) {
    layOut(w, laid, inputs, wide);
    layOut(u, laidU, units, wide);
  } else {
    fillRows(bias, gates, gateStride, batch * time, wide);
    multiply(x, inputs, 1, w, wide, gates, gateStride, batch * time, wide, inputs);
  }
  const unitBytes = <usize>units << 2;
  const gateBytes = <usize>gateStride << 2;
  const stateBytes = <usize>stateStride << 2;
  for (let s = 0; s < time; s++) {
    const t = backwards ? time - 1 - s : s;
    const last = backwards ? t + 1 : t - 1;
    const next = backwards ? t - 1 : t + 1;
    const states = before + <usize>t * stateBytes;
    const step = gates + <usize>t * gateBytes;
    if (many) {
      fillRows(bias, step, time * gateStride, batch, wide);
      multiplyLaid(
        x + (<usize>(t * inputs) << 2), time * inputs, laid, step, time * gateStride, batch, wide, inputs,
      );
    }
    if (s === 0) for (let b = 0; b < batch; b++) memory.fill(states + <usize>(b * time) * stateBytes, 0, unitBytes);
    else if (many) multiplyLaid(states, time * stateStride, laidU, step, time * gateStride, batch, wide, units);
    else multiply(states, time * stateStride, 1, u, wide, step, time * gateStride, batch, wide, units);
    for (let b = 0; b < batch; b++) {
      const g = step + <usize>(b * time) * gateBytes;
      const cell = cells + <usize>(t * batch + b) * unitBytes;
      const lastCell = cells + <usize>(last * batch + b) * unitBytes;
      for (let j: usize = 0; j < unitBytes; j += 16) {
        const i4 = sigmoid4(v128.load(g + j));
        const f4 = sigmoid4(v128.load(g + unitBytes + j));
        const g4 = tanh4(v128.load(g + 2 * unitBytes + j));
        v128.store(g + j, i4);
        v128.store(g + unitBytes + j, f4);
        v128.store(g + 2 * unitBytes + j, g4);
        let c4 = f32x4.mul(i4, g4);
        if (s > 0) c4 = f32x4.add(c4, f32x4.mul(f4, v128.load(lastCell + j)));
        v128.store(cell + j, c4);
      }
    }
    // On its own: the processor begins with other cells while it waits for this one's tanh.
    for (let b = 0; b < batch; b++) {
      const row = b * time + t;
      const o = step + <usize>(b * time) * gateBytes + 3 * unitBytes;
      const cell = cells + <usize>(t * batch + b) * unitBytes;
      const squash = squashed + <usize>(t * batch + b) * unitBytes;
      const h = out + (<usize>(row * outStride) << 2);
      const kept = s + 1 < time ? before + <usize>(b * time + next) * stateBytes : h;
      for (let j: usize = 0; j < unitBytes; j += 16) {
        const t4 = tanh4(v128.load(cell + j));
        const o4 = sigmoid4(v128.load(o + j));
        v128.store(o + j, o4);
        v128.store(squash + j, t4);
        const h4 = f32x4.mul(o4, t4);
        v128.store(h + j, h4);
        v128.store(kept + j, h4);
      }
    }
  }
}

/**
 * Gradients of a recurrent layer, from those of its outputs. What `forward` wrote is used up.
 * @param dOut     first unit of this layer in [batch, time, outStride]
 * @param dw       gradients of w, added to
 * @param laid     room for 4 units * units
 * @param carried  room for 2 * batch * units
 */
export function backward(
  x: usize, w: usize, gates: usize, before: usize, cells: usize, squashed: usize, dOut: usize, outStride: i32,
  dw: usize, laid: usize, carried: usize,
  batch: i32, time: i32, inputs: i32, units: i32, backwards: i32,
): void {
  const wide = 4 * units;
  const gateStride = strideOf(wide);
  const unitBytes = <usize>units << 2;
  const gateBytes = <usize>gateStride << 2;
  layOutTurned(w + (<usize>(inputs * wide) << 2), laid, wide, units);
  const dh = carried;
  const dc = carried + <usize>batch * unitBytes;
  memory.fill(carried, 0, 2 * <usize>batch * unitBytes);
  const one = f32x4.splat(1);
  for (let s = time - 1; s >= 0; s--) {
    const t = backwards ? time - 1 - s : s;
    const last = backwards ? t + 1 : t - 1;
    for (let b = 0; b < batch; b++) {
      const row = b * time + t;
      const g = gates + <usize>row * gateBytes;
      const lastCell = cells + <usize>(last * batch + b) * unitBytes;
      const squash = squashed + <usize>(t * batch + b) * unitBytes;
      const given = dOut + (<usize>(row * outStride) << 2);
      const dhRow = dh + <usize>b * unitBytes;
      const dcRow = dc + <usize>b * unitBytes;
      for (let j: usize = 0; j < unitBytes; j += 16) {
        const i4 = v128.load(g + j);
        const f4 = v128.load(g + unitBytes + j);
        const g4 = v128.load(g + 2 * unitBytes + j);
        const o4 = v128.load(g + 3 * unitBytes + j);
        const t4 = v128.load(squash + j);
        const dh4 = f32x4.add(v128.load(given + j), v128.load(dhRow + j));
        const dc4 = f32x4.add(
          v128.load(dcRow + j),
          f32x4.mul(f32x4.mul(dh4, o4), f32x4.sub(one, f32x4.mul(t4, t4))),
        );
        const c4 = s > 0 ? v128.load(lastCell + j) : f32x4.splat(0);
        v128.store(g + j, f32x4.mul(f32x4.mul(dc4, g4), f32x4.mul(i4, f32x4.sub(one, i4))));
        v128.store(g + unitBytes + j, f32x4.mul(f32x4.mul(dc4, c4), f32x4.mul(f4, f32x4.sub(one, f4))));
        v128.store(g + 2 * unitBytes + j, f32x4.mul(f32x4.mul(dc4, i4), f32x4.sub(one, f32x4.mul(g4, g4))));
        v128.store(g + 3 * unitBytes + j, f32x4.mul(f32x4.mul(dh4, t4), f32x4.mul(o4, f32x4.sub(one, o4))));
        v128.store(dcRow + j, f32x4.mul(dc4, f4));
      }
    }
    memory.fill(dh, 0, <usize>batch * unitBytes);
    if (s > 0) multiplyLaid(gates + <usize>t * gateBytes, time * gateStride, laid, dh, units, batch, units, wide);
  }
  const du = dw + (<usize>(inputs * wide) << 2);
  const dBias = du + (<usize>(units * wide) << 2);
  const stateStride = strideOf(units);
  for (let row = 0; row < batch * time; row += DEEP) {
    const rows = min(DEEP, batch * time - row);
    const g = gates + <usize>row * gateBytes;
    const h = before + (<usize>(row * stateStride) << 2);
    multiply(x + (<usize>(row * inputs) << 2), 1, inputs, g, gateStride, dw, wide, inputs, wide, rows);
    multiply(h, 1, stateStride, g, gateStride, du, wide, units, wide, rows);
    addRows(g, gateStride, dBias, rows, wide);
  }
}

/**
 * Loss of `rows` rows of outputs and its gradient, written to `dOut`; a target for each output, a weight for each row. shares[k] > 0: the pinball loss of that quantile;
 * shares[k] < 0: half the squared error times -shares[k]. Mean over the weights.
 */
export function loss(
  out: usize, target: usize, weight: usize, dOut: usize, shares: usize, rows: i32, outputs: i32,
): f64 {
  let total: f64 = 0;
  for (let r = 0; r < rows; r++) total += load<f32>(weight + (<usize>r << 2));
  const scale: f64 = total > 0 ? 1 / total : 0;
  let sum: f64 = 0;
  for (let r = 0; r < rows; r++) {
    const w = load<f32>(weight + (<usize>r << 2)) * <f32>scale;
    for (let k = 0; k < outputs; k++) {
      const at = <usize>(r * outputs + k) << 2;
      const share = load<f32>(shares + (<usize>k << 2));
      const off = load<f32>(target + at) - load<f32>(out + at);
      if (share > 0) {
        sum += <f64>(w * (off > 0 ? share * off : (share - 1) * off));
        store<f32>(dOut + at, w * (off > 0 ? -share : 1 - share));
      } else {
        sum += <f64>(-0.5 * w * share * off * off);
        store<f32>(dOut + at, w * share * off);
      }
    }
  }
  return sum;
}

/** One step of Adam on n weights (a multiple of 4); `first` and `second` correct the moments' bias. */
export function adam(
  w: usize, g: usize, m: usize, v: usize, n: i32, rate: f32, beta1: f32, beta2: f32, epsilon: f32, first: f32, second: f32,
): void {
  const b1 = f32x4.splat(beta1), a1 = f32x4.splat(1 - beta1);
  const b2 = f32x4.splat(beta2), a2 = f32x4.splat(1 - beta2);
  const r4 = f32x4.splat(rate), e4 = f32x4.splat(epsilon), c1 = f32x4.splat(first), c2 = f32x4.splat(second);
  for (let i = 0; i < n; i += 4) {
    const at = <usize>i << 2;
    const g4 = v128.load(g + at);
    const m4 = f32x4.add(f32x4.mul(b1, v128.load(m + at)), f32x4.mul(a1, g4));
    const v4 = f32x4.add(f32x4.mul(b2, v128.load(v + at)), f32x4.mul(a2, f32x4.mul(g4, g4)));
    v128.store(m + at, m4);
    v128.store(v + at, v4);
    const step = f32x4.div(f32x4.mul(m4, c1), f32x4.add(f32x4.sqrt(f32x4.mul(v4, c2)), e4));
    v128.store(w + at, f32x4.sub(v128.load(w + at), f32x4.mul(r4, step)));
  }
}
