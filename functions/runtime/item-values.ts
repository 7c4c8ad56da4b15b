/** A value as DynamoDB writes it in JSON. */
export type AttributeValue = Readonly<
  | { S: string }
  | { N: string }
  | { BOOL: boolean }
  | { NULL: true }
  | { L: readonly AttributeValue[] }
  | { M: Readonly<Record<string, AttributeValue>> }
>;
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** Attributes of a plain object. What is undefined is left out; what the table cannot hold is a bug. */
export const toAttributes = (value: Readonly<Record<string, unknown>>): Attributes => {
  const attributes: Record<string, AttributeValue> = {};
  for (const name in value) if (value[name] !== undefined) attributes[name] = toAttribute(value[name]);
  return attributes;
};

export const toAttribute = (value: unknown): AttributeValue => {
  switch (typeof value) {
    case 'string':
      return { S: value };
    case 'number':
      if (Number.isFinite(value)) return { N: String(value) };
      break;
    case 'boolean':
      return { BOOL: value };
    case 'object':
      if (value === null) return { NULL: true };
      if (Array.isArray(value)) return { L: value.filter((one) => one !== undefined).map(toAttribute) };
      if (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)
        return { M: toAttributes(value as Record<string, unknown>) };
      break;
  }
  throw new TypeError(`an item cannot hold a ${typeof value} of this form`);
};

/** The plain object of these attributes. */
export const fromAttributes = (attributes: Attributes): Record<string, unknown> => {
  const value: Record<string, unknown> = {};
  for (const name in attributes) value[name] = fromAttribute(attributes[name] as AttributeValue);
  return value;
};

const fromAttribute = (attribute: AttributeValue): unknown => {
  if ('S' in attribute) return attribute.S;
  if ('N' in attribute) return Number(attribute.N);
  if ('M' in attribute) return fromAttributes(attribute.M);
  if ('L' in attribute) return attribute.L.map(fromAttribute);
  if ('BOOL' in attribute) return attribute.BOOL;
  if ('NULL' in attribute) return null;
  throw new TypeError('an item holds a value that this program never writes');
};
