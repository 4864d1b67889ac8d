const importFlag = `--import=${new URL('alter.mjs', import.meta.url).href}`;

/** Environment of a process of the product that kills itself when it comes to a point for the n-th time. */
export const crashingAt = (point, times = 1) => ({
  NODE_OPTIONS: importFlag,
  MUNIMENT_CRASH_AT: `${point}:${times}`,
});

/** Environment of a process of the product with a defect that works as soon as a file exists. */
export const defective = (defect, armedFile) => ({
  NODE_OPTIONS: importFlag,
  MUNIMENT_DEFECT: defect,
  MUNIMENT_ARMED: armedFile,
});
