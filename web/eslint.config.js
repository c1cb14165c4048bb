import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const features = ["signin", "wall", "alerts", "map", "intake", "complaints", "card"];

// A feature may use api/, media/, i18n/ and components/, never another feature.
const featureWalls = features.map((name) => ({
  files: [`src/features/${name}/**`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: features
          .filter((other) => other !== name)
          .map((other) => ({
            group: [`@/features/${other}/*`, `**/features/${other}/*`],
            message:
              "Features never import each other; move what is shared to components/ or api/.",
          })),
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", "src/api/schema.ts"] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  reactHooks.configs.flat["recommended-latest"],
  {
    rules: {
      "max-lines": ["error", 250],
      "no-console": "error",
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
  {
    files: ["src/features/**", "src/components/**", "src/app/**"],
    rules: {
      "no-restricted-globals": [
        "error",
        { name: "fetch", message: "Only src/api talks to the server." },
      ],
    },
  },
  ...featureWalls,
);
