/** Told when the tables of a group were switched, or when somebody wants a halted group to try again. */
export const projectionChannel = 'muniment_projection';
