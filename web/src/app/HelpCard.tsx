import { Kbd, Modal, Table } from "@mantine/core";
import { useTranslation } from "react-i18next";

const KEYS = [
  ["G", "help.layout"],
  ["PgUp PgDn", "help.page"],
  ["1–9", "help.tile"],
  ["T", "help.talk"],
  ["N", "help.next"],
  ["P", "help.previous"],
  ["A", "help.acknowledge"],
  ["R", "help.resolve"],
  ["M", "help.map"],
  ["/", "help.search"],
  ["␣", "help.space"],
  ["← →", "help.arrows"],
  [", .", "help.frame"],
  ["Shift + , .", "help.speed"],
  ["Ctrl + Enter", "help.submit"],
  ["Esc", "help.escape"],
  ["?", "help.open"],
] as const;

export function HelpCard({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("help.title")}
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      <Table>
        <Table.Tbody>
          {KEYS.map(([key, label]) => (
            <Table.Tr key={key}>
              <Table.Td>
                <Kbd>{key}</Kbd>
              </Table.Td>
              <Table.Td>{t(label)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
