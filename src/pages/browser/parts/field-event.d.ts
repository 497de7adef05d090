/** What happened in a field of a form. */
export type FieldEvent = Event & { readonly target: HTMLInputElement };
