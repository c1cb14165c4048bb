import { Button, Checkbox, Group, PasswordInput, Select, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DeviceIn, Protocol } from "@/api/types";
import { ProblemNote } from "@/components/ProblemNote";
import screen from "@/styles/screen.module.css";

interface Props {
  protocols: readonly Protocol[];
  start: DeviceIn;
  hint: string;
  /** The identifier is what the device itself says: a stored one is shown only. */
  fixed?: boolean;
  deed: { isPending: boolean; error: Error | null };
  onSave: (device: DeviceIn) => void;
  onDone: () => void;
  children?: ReactNode;
}

/** What a tracker calls itself, how it speaks, and its password where it has one. */
export function DeviceForm({
  protocols,
  start,
  hint,
  fixed = false,
  deed,
  onSave,
  onDone,
  children,
}: Props) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(start);
  const [unlocked, setUnlocked] = useState(false);
  const change = (part: Partial<DeviceIn>) => setDraft((before) => ({ ...before, ...part }));
  const port = protocols.find(({ name }) => name === draft.protocol)?.port;

  return (
    <form
      className={screen.form}
      data-testid="device-form"
      onSubmit={(event) => {
        event.preventDefault();
        onSave(unlocked ? { ...draft, password: "" } : draft);
      }}
    >
      <p className={screen.dim}>{hint}</p>
      <div className={screen.fields}>
        <TextInput
          required
          autoFocus={!fixed}
          disabled={fixed}
          maxLength={64}
          label={t("device.identifier")}
          value={draft.identifier}
          data-testid="device-identifier"
          onChange={(event) => change({ identifier: event.currentTarget.value })}
        />
        <Select
          allowDeselect={false}
          label={port === undefined ? t("device.protocol") : t("device.protocol_port", { n: port })}
          value={draft.protocol}
          data={protocols.map(({ name, title }) => ({ value: name, label: title }))}
          onChange={(protocol) => change({ protocol: protocol ?? "" })}
        />
        <PasswordInput
          maxLength={200}
          disabled={unlocked}
          autoComplete="new-password"
          label={t(fixed ? "device.new_password" : "device.password")}
          value={draft.password ?? ""}
          onChange={(event) => change({ password: event.currentTarget.value || null })}
        />
        {children}
      </div>
      {fixed && (
        <Checkbox
          label={t("device.no_password")}
          checked={unlocked}
          onChange={(event) => setUnlocked(event.currentTarget.checked)}
        />
      )}
      {deed.error && <ProblemNote error={deed.error} />}
      <Group gap="xs">
        <Button type="submit" size="compact-sm" loading={deed.isPending} data-testid="device-save">
          {t("plan.save")}
        </Button>
        <Button size="compact-sm" variant="default" onClick={onDone}>
          {t("app.cancel")}
        </Button>
      </Group>
    </form>
  );
}
