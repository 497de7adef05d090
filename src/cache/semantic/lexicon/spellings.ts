/** British and American spellings of the same word. */
export const SPELLINGS = `
behavior: behaviour
catalog: catalogue
center: centre
color: colour
customize: customise
deserialize: deserialise deserialisation
exist: existence
initialize: initialise initialisation
license: licence
memoize: memoise memoisation
normalize: normalise normalisation
optimize: optimise optimisation
organize: organise
recognize: recognise
serialize: serialise serialisation
synchronize: synchronise
tokenize: tokenise
visualize: visualise
`;
