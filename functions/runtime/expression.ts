import { type Attributes, toAttributes } from './item-values.ts';
import type { Change, OnlyIf } from './table.ts';

/** Names and values of one expression, collected as the text is built. */
export class Expression {
  readonly names: Record<string, string> = {};
  readonly values: Record<string, unknown> = {};

  name(path: string): string {
    return path
      .split('.')
      .map((part) => {
        const key = `#${part.replace(/[^A-Za-z0-9_]/g, '_')}`;
        this.names[key] = part;
        return key;
      })
      .join('.');
  }

  value(given: unknown): string {
    const key = `:v${Object.keys(this.values).length}`;
    this.values[key] = given;
    return key;
  }

  condition(onlyIf: OnlyIf): string {
    for (const [, name] of onlyIf.expression.matchAll(/#(\w+)/g)) this.names[`#${name}`] ??= name as string;
    for (const [name, value] of Object.entries(onlyIf.values ?? {})) this.values[`:${name}`] = value;
    return onlyIf.expression;
  }

  update(change: Change): string {
    const set = Object.entries(change.set ?? {}).filter(([, value]) => value !== undefined);
    const add = Object.entries(change.add ?? {});
    const parts = [
      set.length > 0 && `SET ${set.map(([path, value]) => `${this.name(path)} = ${this.value(value)}`).join(', ')}`,
      add.length > 0 && `ADD ${add.map(([path, value]) => `${this.name(path)} ${this.value(value)}`).join(', ')}`,
      change.remove?.length && `REMOVE ${change.remove.map((path) => this.name(path)).join(', ')}`,
    ];
    return parts.filter(Boolean).join(' ');
  }

  fields(): { ExpressionAttributeNames?: Record<string, string>; ExpressionAttributeValues?: Attributes } {
    return {
      ...(Object.keys(this.names).length > 0 && { ExpressionAttributeNames: this.names }),
      ...(Object.keys(this.values).length > 0 && { ExpressionAttributeValues: toAttributes(this.values) }),
    };
  }
}
