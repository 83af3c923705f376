/** The messages and what is in them. */
export const MESSAGES = /* css */ `
.messages { flex: 1; min-block-size: 0; position: relative; display: flex; }
.scroller {
  flex: 1;
  min-inline-size: 0;
  overflow: hidden auto;
  overscroll-behavior: contain;
  overflow-anchor: none;
  padding: 0.5rem 0.75rem;
  display: flex;
  flex-direction: column;
}
.scroller:focus-visible { outline-offset: -2px; }
.rows { margin-block-start: auto; }
.scroller:has(> .note, > .skeleton) .rows { margin: 0; }
.older { position: sticky; inset-block-start: 0; z-index: 1; block-size: 0; text-align: center; color: var(--_muted); font-size: 0.85em; }
.beginning { padding: 0.75rem; text-align: center; color: var(--_muted); font-size: 0.85em; }

.day, .new-line { display: flex; align-items: center; gap: 0.75rem; padding-block: 0.9rem 0.5rem; color: var(--_muted); font-size: 0.82em; font-weight: 600; }
.day::before, .day::after, .new-line::before, .new-line::after { content: ''; flex: 1; border-block-start: 1px solid var(--_line); }
.new-line { color: var(--_danger); }
.new-line::before, .new-line::after { border-color: currentcolor; }

.message { position: relative; display: flex; gap: 0.55rem; padding-block: 0.5rem 0.1rem; border-radius: calc(var(--_radius) * 0.7); }
.message[data-continues] { padding-block-start: 0.1rem; }
.message[data-continues] .avatar { visibility: hidden; block-size: 0; }
.message[data-own] { justify-content: flex-end; }
.row[data-found] .message { animation: found 1.6s ease-out; }
.stack { min-inline-size: 0; max-inline-size: min(85%, 36rem); display: flex; flex-direction: column; align-items: flex-start; }
.message[data-own] .stack { align-items: flex-end; }
.sender { max-inline-size: 100%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; padding-inline: 0.2rem; color: var(--_muted); font-size: 0.82em; font-weight: 600; }

.bubble {
  max-inline-size: 100%;
  padding: 0.45rem 0.75rem;
  border: 1px solid transparent;
  border-radius: var(--_radius);
  border-start-start-radius: calc(var(--_radius) * 0.35);
  background: var(--_raised);
  overflow-wrap: anywhere;
}
.message[data-own] .bubble {
  border-radius: var(--_radius);
  border-end-end-radius: calc(var(--_radius) * 0.35);
  background: var(--_accent);
  color: var(--_on-accent);
}
.text { white-space: pre-wrap; text-align: start; }
.text a { color: var(--_link); text-decoration: underline; text-underline-offset: 2px; }
.message[data-own] :is(.text a, .faint) { color: inherit; }
.meta { display: flex; justify-content: flex-end; gap: 0.4rem; color: var(--_muted); font-size: 0.75em; line-height: 1.3; }
.message[data-own] .meta { color: inherit; }
.pending { animation: reveal 0s 0.6s backwards; }

.quote {
  display: grid;
  max-inline-size: 100%;
  margin-block-end: 0.35rem;
  padding: 0.2rem 0.6rem;
  border-inline-start: 3px solid var(--_accent);
  border-radius: 4px;
  background: color-mix(in oklab, var(--_bg) 60%, transparent);
  font-size: 0.88em;
}
.message[data-own] .quote { border-color: currentcolor; background: rgb(0 0 0 / 16%); }
.quote-name { font-weight: 600; }
.quote-name, .quote-text { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }

.attachments { display: grid; gap: 0.4rem; margin-block: 0.2rem; }
.picture { max-inline-size: 100%; max-block-size: 20rem; overflow: hidden; border-radius: calc(var(--_radius) * 0.6); background: var(--_hover); }
.picture img { display: block; inline-size: 100%; block-size: 100%; object-fit: cover; }
.file { display: flex; align-items: center; gap: 0.5rem; min-inline-size: 0; padding: 0.4rem 0.6rem; border: 1px solid currentcolor; border-radius: calc(var(--_radius) * 0.6); }
.file-name { flex: 1 1 auto; min-inline-size: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.file-size { flex: none; font-size: 0.85em; }

.reactions { display: flex; flex-wrap: wrap; gap: 0.25rem; margin-block-start: 0.25rem; }
.reaction { display: inline-flex; gap: 0.35rem; align-items: center; min-block-size: 1.75rem; padding-inline: 0.55rem; border: 1px solid var(--_line); border-radius: 1em; background: var(--_bg); font-size: 0.85em; }
.reaction[aria-pressed='true'] { border-color: var(--_link); color: var(--_link); font-weight: 600; }

.failed { display: flex; flex-wrap: wrap; gap: 0.1rem 0.6rem; padding: 0.2rem; color: var(--_danger); font-size: 0.85em; }
.failed .link-button { color: inherit; }

.actions { align-self: center; display: flex; visibility: hidden; }
.message[data-own] .actions { order: -1; }
.message:is(:hover, :focus, :focus-within) .actions { visibility: visible; }
.quick {
  position: absolute;
  z-index: 2;
  inset-block-end: calc(100% - 0.75rem);
  inset-inline-end: 0;
  display: flex;
  padding: 0.2rem;
  border: 1px solid var(--_line);
  border-radius: var(--_radius);
  background: var(--_bg);
  box-shadow: var(--_shadow);
}
.message[data-own] .quick { inset-inline: 0 auto; }

.to-latest {
  position: absolute;
  inset-block-end: 0.75rem;
  inset-inline-end: 1rem;
  display: flex;
  align-items: center;
  gap: 0.4rem;
  min-block-size: 2.25rem;
  padding-inline: 0.65rem;
  border: 1px solid var(--_line);
  border-radius: 2em;
  background: var(--_bg);
  box-shadow: var(--_shadow);
  font-size: 0.88em;
  font-weight: 600;
}
.skeleton { flex: 1; display: flex; flex-direction: column; justify-content: flex-end; gap: 0.75rem; padding: 0.5rem; }
.skeleton-row { inline-size: 62%; block-size: 2.4rem; border-radius: var(--_radius); background: var(--_raised); }
.skeleton-row:nth-child(even) { inline-size: 44%; }
.skeleton-row:nth-child(4) { align-self: flex-end; }
`
