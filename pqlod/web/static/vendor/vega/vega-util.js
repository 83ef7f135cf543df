// The three functions of vega-util that vega-interpreter imports, which vega.min.js holds too.
export const { ascending, isString, DisallowedObjectProperties } = globalThis.vega;
