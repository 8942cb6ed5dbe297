/** Names of HyperVolt's own entities in the languages of its options; Home Assistant puts the device's name in front. */
const NAMES = {
  mode: ["Mode", "Modus", "Mode", "Modo", "Modus"],
  carbon_weight: ["Carbon weight", "CO2-Gewicht", "Poids du carbone", "Peso del carbono", "CO2-gewicht"],
  light_target: ["Light target", "Lichtziel", "Éclairement visé", "Luz deseada", "Gewenst licht"],
  light_floor: [
    "Lowest brightness",
    "Kleinste Helligkeit",
    "Luminosité minimale",
    "Brillo mínimo",
    "Laagste helderheid",
  ],
  light_comfort: [
    "Worth of full light",
    "Wert vollen Lichts",
    "Valeur de la pleine lumière",
    "Valor de la luz plena",
    "Waarde van vol licht",
  ],
  replan: ["Plan again", "Neu planen", "Replanifier", "Planificar de nuevo", "Opnieuw plannen"],
  grid_intensity: [
    "Grid carbon intensity",
    "CO2-Intensität des Netzes",
    "Intensité carbone du réseau",
    "Intensidad de carbono de la red",
    "CO2-intensiteit van het net",
  ],
  load_forecast: [
    "Load forecast",
    "Lastprognose",
    "Prévision de consommation",
    "Previsión de consumo",
    "Verbruiksverwachting",
  ],
  plan: ["Next planned action", "Nächste geplante Aktion", "Prochaine action", "Próxima acción", "Volgende actie"],
  decision: ["Decision", "Entscheidung", "Décision", "Decisión", "Beslissing"],
  carbon_saved_today: [
    "Carbon saved today",
    "CO2 heute gespart",
    "Carbone évité aujourd'hui",
    "Carbono evitado hoy",
    "CO2 vandaag bespaard",
  ],
  carbon_saved_total: ["Carbon saved", "CO2 gespart", "Carbone évité", "Carbono evitado", "CO2 bespaard"],
  money_saved_today: [
    "Money saved today",
    "Geld heute gespart",
    "Argent économisé aujourd'hui",
    "Dinero ahorrado hoy",
    "Geld vandaag bespaard",
  ],
  money_saved_total: ["Money saved", "Geld gespart", "Argent économisé", "Dinero ahorrado", "Geld bespaard"],
  power_source: ["Power source", "Stromquelle", "Source d'énergie", "Fuente de energía", "Stroombron"],
  regime: [
    "Occupancy guess",
    "Vermutete Anwesenheit",
    "Présence supposée",
    "Presencia supuesta",
    "Vermoede aanwezigheid",
  ],
  problem: ["Problem", "Problem", "Problème", "Problema", "Probleem"],
} as const;
const LANGUAGES = ["en", "de", "fr", "es", "nl"];

/** The part of an entity's unique id after `hypervolt_`. */
export type OutKey = keyof typeof NAMES;

/** An entity's name in Home Assistant's language, else in English. */
export function entityName(key: OutKey, language: string): string {
  const index = LANGUAGES.indexOf(language.slice(0, 2).toLowerCase());
  return NAMES[key][Math.max(0, index)] ?? NAMES[key][0];
}
