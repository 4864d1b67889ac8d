/** How the bindings of one object combine: one must match, or all must. */
export const policyEngineModes = ['any', 'all'] as const;
export type PolicyEngineMode = (typeof policyEngineModes)[number];
