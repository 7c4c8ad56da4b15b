import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { localAccount, localRegion } from './engines/credentials.ts';
import { holds, resolve, type Scope, type Value } from './intrinsics.ts';
import { type Addresses, attributeOf, type Named, nameProperty, type Place, physicalName, refOf } from './names.ts';

/** One resource of the synthesised template with its references resolved for this machine. */
export interface Resource extends Named {
  /** Path in the construct tree, for messages to people. */
  readonly path: string;
  readonly name: string;
  readonly ref: string;
  readonly arn: string;
  /** Worked out when asked for, so that what is not known yet does no harm. */
  properties(): unknown;
  /** `Fn::GetAtt` of it. */
  attribute(name: string): string;
}

/** All stacks of a `cdk.out` folder, as this machine sees them. */
export interface Template {
  readonly place: Place;
  resources(type: string): readonly Resource[];
  /** Folder or file of an asset by its key in the asset bucket. */
  asset(key: string): string;
  /** Outputs of all stacks by the id they were given. */
  outputs(): Readonly<Record<string, string>>;
}

const ManifestSchema = v.object({
  artifacts: v.record(
    v.string(),
    v.object({
      type: v.string(),
      displayName: v.optional(v.string()),
      properties: v.optional(v.record(v.string(), v.unknown()), {}),
    }),
  ),
});

const AssetsSchema = v.object({
  files: v.record(
    v.string(),
    v.object({
      source: v.object({ path: v.optional(v.string()) }),
      destinations: v.record(v.string(), v.object({ objectKey: v.string() })),
    }),
  ),
});

const ResourceSchema = v.object({
  Type: v.string(),
  Properties: v.optional(v.record(v.string(), v.unknown()), {}),
  Metadata: v.optional(v.record(v.string(), v.unknown()), {}),
  Condition: v.optional(v.string()),
});

const StackSchema = v.object({
  Resources: v.optional(v.record(v.string(), ResourceSchema), {}),
  Parameters: v.optional(v.record(v.string(), v.object({ Default: v.optional(v.unknown()) })), {}),
  Outputs: v.optional(
    v.record(v.string(), v.object({ Value: v.unknown(), Export: v.optional(v.object({ Name: v.unknown() })) })),
    {},
  ),
  Mappings: v.optional(v.record(v.string(), v.record(v.string(), v.record(v.string(), v.unknown()))), {}),
  Conditions: v.optional(v.record(v.string(), v.unknown()), {}),
});

interface Stack extends v.InferOutput<typeof StackSchema> {
  readonly name: string;
}

/** What stands in for addresses while only the structure of a template is read. */
const noAddresses: Addresses = {
  site: 'localhost:0',
  api: 'http://127.0.0.1:0',
  queues: 'http://127.0.0.1:0',
  parameters: {},
  secret: () => '',
  secretArn: () => undefined,
};

/** Reads a `cdk.out` folder. Throws one sentence when it is not there or not one. */
export const openTemplate = (cdkOut: string, addresses: Addresses = noAddresses): Template => {
  const { stacks, assets } = readAssembly(cdkOut);
  const place: Place = { region: localRegion, account: localAccount };
  const world: World = { stacks, place, addresses };
  const resources = stacks.flatMap((stack) =>
    Object.keys(stack.Resources)
      .filter((id) => exists(world, stack, id))
      .map((id) => resourceOf(world, stack, id)),
  );
  return {
    place,
    resources: (type) => resources.filter((resource) => resource.type === type),
    asset: (key) => {
      const path = assets.get(key);
      if (path === undefined) throw new Error(`The template names asset ${key}, which ${cdkOut} does not hold`);
      return path;
    },
    outputs: () =>
      Object.fromEntries(
        stacks.flatMap((stack) =>
          Object.entries(stack.Outputs).map(([id, { Value }]) => [
            id,
            String(resolve(Value as Value, scopeOf(world, stack))),
          ]),
        ),
      ),
  };
};

interface World {
  readonly stacks: readonly Stack[];
  readonly place: Place;
  readonly addresses: Addresses;
}

/** The stacks of an assembly and of those inside it (stages). */
const readAssembly = (folder: string): { stacks: readonly Stack[]; assets: ReadonlyMap<string, string> } => {
  const stacks: Stack[] = [];
  const assets = new Map<string, string>();
  const { artifacts } = v.parse(ManifestSchema, readJson(join(folder, 'manifest.json')));
  for (const [id, artifact] of Object.entries(artifacts)) {
    const of = (name: string): string => String(artifact.properties[name] ?? '');
    if (artifact.type === 'aws:cloudformation:stack') {
      const stack = v.parse(StackSchema, readJson(join(folder, of('templateFile'))));
      stacks.push({ ...stack, name: of('stackName') || (artifact.displayName ?? id) });
    } else if (artifact.type === 'cdk:asset-manifest') {
      const { files } = v.parse(AssetsSchema, readJson(join(folder, of('file'))));
      for (const { source, destinations } of Object.values(files)) {
        for (const { objectKey } of Object.values(destinations)) assets.set(objectKey, join(folder, source.path ?? ''));
      }
    } else if (artifact.type === 'cdk:cloud-assembly') {
      const inner = readAssembly(join(folder, of('directoryName')));
      stacks.push(...inner.stacks);
      for (const [key, path] of inner.assets) assets.set(key, path);
    }
  }
  return { stacks, assets };
};

const readJson = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`The synthesised template cannot be read: ${file}`, { cause });
  }
};

const exists = (world: World, stack: Stack, id: string): boolean => {
  const condition = stack.Resources[id]?.Condition;
  return condition === undefined || scopeOf(world, stack).condition(condition);
};

const namedOf = (world: World, stack: Stack, logicalId: string): Named => {
  const resource = stack.Resources[logicalId];
  if (resource === undefined) throw new Error(`${stack.name} refers to ${logicalId}, which it does not hold`);
  const given = resource.Properties[nameProperty[resource.Type] ?? ''];
  return {
    stack: stack.name,
    logicalId,
    type: resource.Type,
    given: given === undefined ? undefined : String(resolve(given as Value, scopeOf(world, stack))),
  };
};

const resourceOf = (world: World, stack: Stack, logicalId: string): Resource => {
  const named = namedOf(world, stack, logicalId);
  const scope = scopeOf(world, stack);
  const { Properties, Metadata } = stack.Resources[logicalId] as v.InferOutput<typeof ResourceSchema>; // just named
  return {
    ...named,
    path: String(Metadata['aws:cdk:path'] ?? `${stack.name}/${logicalId}`),
    name: physicalName(named),
    get ref() {
      return String(scope.ref(logicalId));
    },
    get arn() {
      return String(scope.getAtt(logicalId, 'Arn'));
    },
    properties: () => resolve(Properties as Value, scope), // read from JSON, so a Value
    attribute: (name) => String(scope.getAtt(logicalId, name)),
  };
};

const scopeOf = (world: World, stack: Stack): Scope => {
  const { place, addresses } = world;
  const pseudo: Readonly<Record<string, Value>> = {
    'AWS::Region': place.region,
    'AWS::AccountId': place.account,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stack.name,
    'AWS::StackId': `arn:aws:cloudformation:${place.region}:${place.account}:stack/${stack.name}/local`,
    'AWS::NotificationARNs': [],
  };
  const scope: Scope = {
    ref: (name) => {
      const known = pseudo[name];
      if (known !== undefined) return known;
      if (name in stack.Parameters) {
        return addresses.parameters[name] ?? ((stack.Parameters[name]?.Default ?? '') as Value); // read from JSON
      }
      return qualified(name) ?? refOf(namedOf(world, stack, name), place, addresses);
    },
    getAtt: (id, attribute) => qualified(id) ?? attributeOf(namedOf(world, stack, id), attribute, place, addresses),
    importValue: (name) => {
      for (const exporter of world.stacks) {
        const inside = scopeOf(world, exporter);
        for (const { Value: exported, Export } of Object.values(exporter.Outputs)) {
          if (Export && resolve(Export.Name as Value, inside) === name) return resolve(exported as Value, inside);
        }
      }
      throw new Error(`${stack.name} imports ${name}, which no stack exports`);
    },
    condition: (name) => holds((stack.Conditions[name] ?? false) as Value, scope),
    map: (name, first, second) => (stack.Mappings[name]?.[first]?.[second] ?? '') as Value,
    dynamic: (text) =>
      text.replace(
        /\{\{resolve:secretsmanager:(.+?):SecretString:(\w*)(?::\w*)*\}\}/g,
        (_, id: string, field: string) => addresses.secret(secretNameOf(id), field === '' ? undefined : field),
      ),
  };
  /** A version or an alias is its function's ARN with a qualifier. */
  const qualified = (id: string): string | undefined => {
    const resource = stack.Resources[id];
    if (resource?.Type !== 'AWS::Lambda::Version' && resource?.Type !== 'AWS::Lambda::Alias') return undefined;
    const name = String(resolve(resource.Properties['FunctionName'] as Value, scope)).replace(/^.*:function:/, '');
    const qualifier = String(resource.Properties['Name'] ?? '1');
    return `arn:aws:lambda:${place.region}:${place.account}:function:${name}:${qualifier}`;
  };
  return scope;
};

/** A secret is named by its name or by its ARN, which ends with six further characters. */
const secretNameOf = (id: string): string => /:secret:(.+)-\w{6}$/.exec(id)?.[1] ?? id;
