import { Button, type ButtonProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, Ref } from "react";

type Props = ButtonProps &
  Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof ButtonProps> & {
    ref?: Ref<HTMLAnchorElement>;
  };

function AnchorButton({ ref, ...props }: Props) {
  return <Button component="a" {...props} {...(ref ? { ref } : {})} />;
}

/** A button that leads to another screen. */
export const LinkButton = createLink(AnchorButton);
