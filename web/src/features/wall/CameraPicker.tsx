import { Button, Drawer, NavLink, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Camera } from "@/api/types";
import { matches } from "@/components/search";
import { useNames } from "@/i18n";

interface Props {
  /** Index of the tile that gets the camera; null while the picker is closed. */
  tile: number | null;
  cameras: readonly Camera[];
  onClose: () => void;
  onChoose: (camera: string | null) => void;
}

export function CameraPicker({ tile, cameras, onClose, onChoose }: Props) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const [query, setQuery] = useState("");
  const close = () => {
    setQuery("");
    onClose();
  };
  const choose = (camera: string | null) => {
    setQuery("");
    onChoose(camera);
  };

  const found = cameras.filter(({ name, office_name, code }) =>
    matches(query, [...Object.values(name), ...Object.values(office_name), code]),
  );
  const byOffice = Map.groupBy(found, ({ office_id }) => office_id);

  return (
    <Drawer
      opened={tile !== null}
      onClose={close}
      transitionProps={{ duration: 0 }} // the picture asked for is on its way: nothing slides over it
      title={t("wall.pick_for", { n: (tile ?? 0) + 1 })}
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      <Stack>
        <TextInput
          data-autofocus
          data-testid="camera-search"
          placeholder={t("wall.search")}
          aria-label={t("wall.search")}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && found[0]) choose(found[0].id);
          }}
        />
        {found.length === 0 && (
          <Text size="sm" c="dark.1">
            {t("wall.no_match", { q: query })}
          </Text>
        )}
        {[...byOffice].map(([officeId, own]) => (
          <NavLink
            key={officeId}
            label={nameOf(own[0]?.office_name)}
            defaultOpened
            childrenOffset={16}
          >
            {own.map((camera) => (
              <NavLink
                key={camera.id}
                component="button"
                data-testid={`camera-${camera.code}`}
                label={nameOf(camera.name)}
                description={t(`stream.${camera.streams[0]?.state ?? "down"}`)}
                onClick={() => choose(camera.id)}
              />
            ))}
          </NavLink>
        ))}
        <Button variant="default" onClick={() => choose(null)}>
          {t("wall.clear_tile")}
        </Button>
      </Stack>
    </Drawer>
  );
}
