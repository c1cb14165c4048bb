"""What a person must act on until it is closed: rules, alerts, complaints, evidence."""
