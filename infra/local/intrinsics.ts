/** A value of a template, before or after its references are resolved. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };

/** What a template's references mean on this machine. */
export interface Scope {
  /** Of a resource, a parameter or a pseudo parameter such as `AWS::Region`. */
  ref(name: string): Value;
  getAtt(logicalId: string, attribute: string): Value;
  importValue(name: string): Value;
  condition(name: string): boolean;
  map(name: string, first: string, second: string): Value;
  /** Text with its `{{resolve:…}}` parts put in. */
  dynamic(text: string): string;
}

/** `Ref` of this name means that the property, or the place in the list, is not there. */
const absent = 'AWS::NoValue';

/** The value with every intrinsic function worked out. Throws for a function this machine does not know. */
export const resolve = (value: Value, scope: Scope): Value => {
  if (typeof value === 'string') return value.includes('{{resolve:') ? scope.dynamic(value) : value;
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.filter((item) => !isAbsent(item, scope)).map((item) => resolve(item, scope));
  const [name, ...others] = Object.keys(value);
  if (name !== undefined && others.length === 0 && isFunctionName(name)) {
    const answer = call(name, value[name] as Value, scope);
    return typeof answer === 'string' && answer.includes('{{resolve:') ? scope.dynamic(answer) : answer;
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => !isAbsent(item, scope))
      .map(([key, item]) => [key, resolve(item, scope)]),
  );
};

/** Whether a condition of the template holds. */
export const holds = (condition: Value, scope: Scope): boolean => resolve(condition, scope) === true;

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

const isFunctionName = (name: string): boolean => name === 'Ref' || name === 'Condition' || name.startsWith('Fn::');

const isAbsent = (value: Value, scope: Scope): boolean => {
  if (value === null || typeof value !== 'object' || isList(value)) return false;
  if (value['Ref'] === absent) return true;
  const choice = value['Fn::If'];
  if (choice === undefined || !isList(choice)) return false;
  const [name, whenTrue, whenFalse] = choice as [string, Value, Value];
  return isAbsent(scope.condition(name) ? whenTrue : whenFalse, scope);
};

const call = (name: string, argument: Value, scope: Scope): Value => {
  const list = (value: Value): readonly Value[] => {
    const resolved = resolve(value, scope);
    if (!isList(resolved)) throw new Error(`${name} needs a list`);
    return resolved;
  };
  const text = (value: Value): string => String(resolve(value, scope));
  const part = (index: number): Value => (argument as readonly Value[])[index] as Value; // the function's own form
  switch (name) {
    case 'Ref':
      return scope.ref(String(argument));
    case 'Fn::GetAtt': {
      const [id, ...rest] = isList(argument) ? argument.map(String) : String(argument).split('.');
      return scope.getAtt(id as string, rest.join('.'));
    }
    case 'Fn::Join':
      return list(part(1))
        .map(String)
        .join(text(part(0)));
    case 'Fn::Sub':
      return substitute(argument, scope);
    case 'Fn::Select':
      return list(part(1))[Number(resolve(part(0), scope))] ?? '';
    case 'Fn::Split':
      return text(part(1)).split(text(part(0)));
    case 'Fn::ImportValue':
      return scope.importValue(text(argument));
    case 'Fn::Base64':
      return Buffer.from(text(argument)).toString('base64');
    case 'Fn::FindInMap': {
      const [map, first, second] = list(argument).map(String) as [string, string, string];
      return scope.map(map, first, second);
    }
    case 'Fn::If':
      return resolve(scope.condition(String(part(0))) ? part(1) : part(2), scope);
    case 'Fn::Equals':
      return text(part(0)) === text(part(1));
    case 'Fn::Not':
      return !holds(part(0), scope);
    case 'Fn::And':
      return (argument as readonly Value[]).every((item) => holds(item, scope));
    case 'Fn::Or':
      return (argument as readonly Value[]).some((item) => holds(item, scope));
    case 'Condition':
      return scope.condition(String(argument));
    default:
      throw new Error(`The template uses ${name}, which cannot be resolved here`);
  }
};

/** `${Name}`, `${Name.Attribute}` and given variables; `${!Literal}` stays as `${Literal}`. */
const substitute = (argument: Value, scope: Scope): string => {
  const [template, given] = isList(argument) ? argument : [argument, {}];
  const variables = given as Readonly<Record<string, Value>>; // the function's own form
  return String(template).replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    const variable = variables[name];
    if (variable !== undefined) return String(resolve(variable, scope));
    const [id, ...attribute] = name.split('.');
    return String(attribute.length === 0 ? scope.ref(name) : scope.getAtt(id as string, attribute.join('.')));
  });
};
