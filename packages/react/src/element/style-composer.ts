/** What one writes with, and the line above it. */
export const COMPOSER = /* css */ `
.typing { min-block-size: 1.6em; padding-inline: 1rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--_muted); font-size: 0.85em; }
.composer { border-block-start: 1px solid var(--_line); padding: 0.5rem; }
.composer-line { display: flex; align-items: flex-end; gap: 0.25rem; }
.field {
  flex: 1;
  min-inline-size: 0;
  max-block-size: 12rem;
  field-sizing: content;
  text-align: start;
  resize: none;
  padding: 0.5rem 0.75rem;
  border: 1px solid var(--_line);
  border-radius: calc(var(--_radius) * 0.8);
  background: var(--_bg);
  font-size: max(1em, 16px);
  line-height: 1.35;
}
.field::placeholder { color: var(--_muted); opacity: 1; }
.field:focus-visible { outline-offset: 0; }
.icon-button.send { color: var(--_link); }
.icon-button.send[aria-disabled='true'] { color: var(--_muted); cursor: default; }
.composer .icon-button { min-block-size: 2.5rem; }
.composer-hint, .refusal { color: var(--_muted); font-size: 0.85em; }
.composer-hint { padding: 0.3rem 0.5rem 0; }
.refusal { padding: 0.9rem 1rem; border-block-start: 1px solid var(--_line); text-align: center; }
.reply-bar { display: flex; align-items: center; gap: 0.5rem; margin-block-end: 0.4rem; padding-inline-start: 0.6rem; border-inline-start: 3px solid var(--_accent); font-size: 0.88em; }
.quote-words { flex: 1; min-inline-size: 0; display: grid; }
.uploads { display: grid; gap: 0.25rem; margin-block-end: 0.4rem; }
.upload { display: flex; align-items: center; flex-wrap: wrap; gap: 0 0.5rem; padding-inline-start: 0.6rem; border-radius: calc(var(--_radius) * 0.6); background: var(--_raised); font-size: 0.88em; }
.composer .upload .icon-button { min-block-size: 2.1rem; }
.upload progress { inline-size: 6rem; accent-color: var(--_accent); }
.upload-error { flex-basis: 100%; order: 1; padding-block-end: 0.4rem; color: var(--_danger); }
`
