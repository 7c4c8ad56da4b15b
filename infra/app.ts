import { type App, Stack, Tags } from 'aws-cdk-lib';
import { access } from './access.ts';
import { acknowledge } from './acknowledged.ts';
import { documents } from './documents.ts';
import { edge } from './edge.ts';
import { meetings } from './meetings.ts';
import { members } from './members.ts';
import { points } from './points.ts';
import { reports } from './reports.ts';
import { tasks } from './tasks.ts';
import { warming } from './warming.ts';
import { watching } from './watching.ts';

/** The whole cloud of one province: what everything stands on, then the contexts in the floor plan's order. */
export const handbook = (app: App): Stack => {
  const stack = new Stack(app, 'Handbook', {
    env: {
      account: app.node.tryGetContext('account') ?? '111111111111',
      region: app.node.tryGetContext('region') ?? 'ap-southeast-1',
    },
    description: 'Electronic Party member handbook of one province',
  });
  Tags.of(stack).add('product', 'so-tay-dang-vien');
  const base = edge(stack);
  const { api: door } = access(stack, base);
  const { table: people } = members(stack, base);
  const { table: given } = tasks(stack, base, { members: people });
  const { table: papers } = documents(stack, base);
  const { table: evenings, api: evening } = meetings(stack, base, { members: people, tasks: given, documents: papers });
  points(stack, base, { documents: papers, meetings: evenings });
  const { api } = reports(stack, base, { members: people, documents: papers, meetings: evenings });
  warming(stack, evenings, [door, evening]);
  watching(stack, api);
  acknowledge(stack);
  return stack;
};
