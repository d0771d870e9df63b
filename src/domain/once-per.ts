/**
 * A function that makes its value once for each object it is given, and keeps it as long as somebody keeps the object. Only for objects that
 * never change, such as settings, which are replaced as a whole.
 */
export function oncePer<Key extends object, Value extends object>(
  make: (key: Key) => Value,
): (key: Key) => Value {
  const made = new WeakMap<Key, Value>();
  return (key) => {
    let value = made.get(key);
    if (value === undefined) {
      value = make(key);
      made.set(key, value);
    }
    return value;
  };
}
