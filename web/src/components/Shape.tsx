export type ShapeName = "circle" | "ring" | "half" | "triangle" | "octagon" | "check" | "dash";

/** Small signs that differ in form, so that colour is never the only difference. */
export function Shape({ name, size = 12 }: { name: ShapeName; size?: number }) {
  const stroke = { fill: "none", stroke: "currentColor", strokeWidth: 2 };
  return (
    <svg viewBox="0 0 12 12" width={size} height={size} aria-hidden focusable="false">
      {name === "circle" && <circle cx="6" cy="6" r="5" fill="currentColor" />}
      {name === "ring" && <circle cx="6" cy="6" r="4.5" {...stroke} />}
      {name === "half" && (
        <>
          <circle cx="6" cy="6" r="4.5" {...stroke} />
          <path d="M6 1.5 a4.5 4.5 0 0 1 0 9 z" fill="currentColor" />
        </>
      )}
      {name === "triangle" && <path d="M6 0.5 L11.8 11 H0.2 Z" fill="currentColor" />}
      {name === "octagon" && (
        <path d="M3.6 0.5 H8.4 L11.5 3.6 V8.4 L8.4 11.5 H3.6 L0.5 8.4 V3.6 Z" fill="currentColor" />
      )}
      {name === "check" && <path d="M1.5 6.5 L4.5 9.5 L10.5 2.5" {...stroke} />}
      {name === "dash" && <path d="M1 6 H11" {...stroke} />}
    </svg>
  );
}
