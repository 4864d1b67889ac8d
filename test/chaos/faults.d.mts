export function obstacle(kind: string): string | null;
