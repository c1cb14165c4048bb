import { createTheme } from "@mantine/core";

/** Dark only: the room is dark and the ground is near black; text keeps 4.5:1 or better. */
export const theme = createTheme({
  fontFamily: '"Noto Sans Variable", "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "DejaVu Sans Mono", monospace',
  headings: { fontFamily: '"Noto Sans Variable", "Noto Sans", sans-serif' },
  primaryColor: "sky",
  primaryShade: { light: 7, dark: 7 },
  autoContrast: true,
  defaultRadius: "sm",
  respectReducedMotion: true,
  colors: {
    sky: [
      "#e5f5ff",
      "#cde9ff",
      "#9bd2ff",
      "#6cc4ff",
      "#46adf2",
      "#3aa0e6",
      "#2f92d8",
      "#1f78b8",
      "#17679f",
      "#0c5586",
    ],
    dark: [
      "#e8eef4",
      "#c6d0da",
      "#a9b6c2",
      "#8d9aa6",
      "#36414c",
      "#28323b",
      "#1c242b",
      "#101418",
      "#0c1013",
      "#080a0d",
    ],
  },
});
