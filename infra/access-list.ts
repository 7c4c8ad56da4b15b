import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
interface Resource {
  Type: string;
  Properties: Record<string, Json>;
  Metadata?: { 'aws:cdk:path'?: string };
}
interface Statement {
  Effect: string;
  Action: string | string[];
  Resource?: Json | Json[];
  Condition?: Json;
}

/** Every permission of the template, a sorted line each: who, may do what, on what, under which condition. */
export const accessLines = (template: { Resources: Record<string, Resource> }): string[] => {
  const { Resources } = template;
  const nameOf = (id: string): string =>
    (Resources[id]?.Metadata?.['aws:cdk:path'] ?? id).replace(/^Handbook\//, '').replace(/\/(Resource|Default)$/, '');
  const text = (value: Json): string => {
    if (typeof value !== 'object' || value === null) return String(value);
    if (Array.isArray(value)) return value.map(text).join(',');
    if ('Ref' in value) return nameOf(String(value['Ref']));
    if ('Fn::GetAtt' in value) return nameOf(String((value['Fn::GetAtt'] as Json[])[0]));
    if ('Fn::Join' in value) return ((value['Fn::Join'] as Json[])[1] as Json[]).map(text).join('');
    return JSON.stringify(value);
  };
  const lines = Object.entries(Resources).flatMap(([id, { Type, Properties }]) => {
    if (Type === 'AWS::Lambda::Permission') {
      return [
        `${text(Properties['Principal'] ?? '')} → invoke → ${text(Properties['FunctionName'] ?? '')} when from ${text(Properties['SourceArn'] ?? Properties['SourceAccount'] ?? 'anywhere')}`,
      ];
    }
    const document = Properties['PolicyDocument'] as { Statement: Statement[] } | undefined;
    if (!document) return [];
    const who = Type === 'AWS::IAM::Policy' ? text(Properties['Roles'] ?? []) : `policy of ${nameOf(id)}`;
    return document.Statement.flatMap((statement) =>
      [statement.Action].flat().flatMap((action) =>
        [statement.Resource ?? 'itself'].flat().map((resource) => {
          const when = statement.Condition ? ` when ${JSON.stringify(statement.Condition)}` : '';
          const verb = statement.Effect === 'Deny' ? ' → NEVER ' : ' → ';
          return `${who}${verb}${action} → ${text(resource)}${when}`;
        }),
      ),
    );
  });
  return [...new Set(lines)].sort();
};

/** Writes access.txt anew, as the template in this folder has it: its diff is what a reviewer reads. */
export const writeAccessList = (cdkOut: string): void => {
  const template = JSON.parse(readFileSync(join(cdkOut, 'Handbook.template.json'), 'utf8'));
  writeFileSync(join(import.meta.dirname, 'access.txt'), `${accessLines(template).join('\n')}\n`);
};
