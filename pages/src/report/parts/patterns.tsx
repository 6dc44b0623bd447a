// Patterns of the drawings: each says by its form what its colour says.
export function Patterns() {
  return (
    <defs>
      <pattern id="stripes" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="6" height="6" class="paper" />
        <line x1="0" y1="0" x2="0" y2="6" class="stripe" />
      </pattern>
      <pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse">
        <path d="M0 7L7 0M0 0L7 7" class="hatch" />
      </pattern>
      <pattern id="info-dots" width="6" height="6" patternUnits="userSpaceOnUse">
        <rect width="6" height="6" class="info-fill" />
        <rect x="1" y="1" width="1.6" height="1.6" class="info-dot" />
        <rect x="4" y="4" width="1.6" height="1.6" class="info-dot" />
      </pattern>
      <pattern id="fail-stripes" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
        <rect width="6" height="6" class="fail-fill" />
        <line x1="0" y1="0" x2="0" y2="6" class="fail-stripe" />
      </pattern>
    </defs>
  );
}
