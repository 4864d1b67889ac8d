import type { Pool } from 'pg';
import type { ExecutionRecord, Executions } from '../../commands/ports.js';

const maxOpenPerBrowser = 20;

/** Runs of flows in logged rows, advanced by compare-and-set. */
export const postgresExecutions = (pool: Pool): Executions => ({
  create: async (execution) => {
    await pool.query({
      name: 'execution-create',
      text: `with oldest as (
               delete from flow.execution where id in (
                 select id from flow.execution where browser_hash = $3 order by expires_at desc offset ${String(maxOpenPerBrowser - 1)}))
             insert into flow.execution (id, flow_id, browser_hash, step, state, expires_at) values ($1, $2, $3, $4, $5, $6)`,
      values: [
        execution.id,
        execution.flowId,
        execution.browserHash,
        execution.step,
        execution.state,
        execution.expiresAt,
      ],
    });
  },
  load: async (id) => {
    const { rows } = await pool.query<ExecutionRecord>({
      name: 'execution-load',
      text: `select id, flow_id as "flowId", browser_hash as "browserHash", step, state, expires_at as "expiresAt"
               from flow.execution where id = $1`,
      values: [id],
    });
    return rows[0] ?? null;
  },
  advance: async (execution, expectedStep) => {
    const { rowCount } = await pool.query({
      name: 'execution-advance',
      text: `update flow.execution set step = $3, state = $4, expires_at = $5, browser_hash = $6 where id = $1 and step = $2`,
      values: [
        execution.id,
        expectedStep,
        execution.step,
        execution.state,
        execution.expiresAt,
        execution.browserHash,
      ],
    });
    return rowCount === 1;
  },
  remove: async (id) => {
    await pool.query({
      name: 'execution-remove',
      text: 'delete from flow.execution where id = $1',
      values: [id],
    });
  },
  rebind: async (from, to) => {
    await pool.query({
      name: 'execution-rebind',
      text: 'update flow.execution set browser_hash = $2 where browser_hash = $1',
      values: [from, to],
    });
  },
});
