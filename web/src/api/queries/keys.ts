/** Keys of the query cache, one for each noun of the API. */
export const keys = {
  me: ["session"],
  regions: ["regions"],
  offices: ["offices"],
  cameras: ["cameras"],
  users: ["users"],
  vehicles: ["vehicles"],
  mapLayer: (layer: string) => ["map", layer],
  alerts: ["alerts", "list"],
  alert: (id: string) => ["alerts", "one", id],
  complaints: ["complaints", "list"],
  complaint: (id: string) => ["complaints", "one", id],
  serviceCodes: ["service-codes"],
  recordings: ["recordings"],
  presence: ["presence"],
} as const;
