export function crashingAt(point: string, times?: number): Record<string, string>;
