/** The editor's few words, in all languages at once: who edits a card waits for no second file. */
const WORDS = {
  title: ["Title", "Titel", "Titre", "Título", "Titel"],
  view: ["View", "Ansicht", "Vue", "Vista", "Weergave"],
  tint: ["Colour rooms by", "Räume färben nach", "Colorer les pièces selon", "Colorear por", "Kamers kleuren naar"],
  plain: ["Nothing", "Nichts", "Rien", "Nada", "Niets"],
  warmth: ["Temperature", "Temperatur", "Température", "Temperatura", "Temperatuur"],
  power: ["Power", "Leistung", "Puissance", "Potencia", "Vermogen"],
  more: ["More", "Mehr", "Plus", "Más", "Meer"],
  model: [
    "Model of the house (GLB)",
    "Modell des Hauses (GLB)",
    "Modèle de la maison (GLB)",
    "Modelo de la casa (GLB)",
    "Model van het huis (GLB)",
  ],
  app: ["App slug", "Kennung der App", "Identifiant de l'app", "Identificador de la app", "Kenmerk van de app"],
  app_help: [
    "Found by itself where it is empty",
    "Leer: wird von selbst gefunden",
    "Vide : trouvé tout seul",
    "Vacío: se encuentra solo",
    "Leeg: wordt vanzelf gevonden",
  ],
  tap_action: [
    "Tap on the title",
    "Tippen auf den Titel",
    "Appui sur le titre",
    "Toque en el título",
    "Tik op de titel",
  ],
  floor: ["Floor", "Stockwerk", "Étage", "Planta", "Verdieping"],
  plan: ["Floor plan", "Grundriss", "Plan de l'étage", "Plano de la planta", "Plattegrond"],
  help: [
    "Choose a room, then drag it, or its corner to resize it. Arrow keys move it, with Shift they resize.",
    "Einen Raum wählen, dann ziehen, an der Ecke die Größe. Pfeiltasten verschieben, mit Umschalt ändern sie die Größe.",
    "Choisissez une pièce, puis glissez-la, ou son coin pour la taille. Les flèches la déplacent, avec Maj la taille.",
    "Elige una habitación y arrástrala, o su esquina para el tamaño. Las flechas la mueven; con Mayús, el tamaño.",
    "Kies een kamer en sleep haar, of haar hoek voor de grootte. Pijltjes verplaatsen, met Shift de grootte.",
  ],
  room: ["Name of the room", "Name des Raums", "Nom de la pièce", "Nombre de la habitación", "Naam van de kamer"],
  back: ["Put back", "Zurücksetzen", "Rétablir", "Restablecer", "Terugzetten"],
  all_back: ["Put all rooms back", "Alle Räume zurücksetzen", "Tout rétablir", "Restablecer todo", "Alles terugzetten"],
} satisfies Record<string, readonly [en: string, de: string, fr: string, es: string, nl: string]>;

export type EditorWord = keyof typeof WORDS;
const LANGUAGES = ["en", "de", "fr", "es", "nl"];

/** A word of the editor in the reader's language; in English where it is not among ours. */
export const editorWord = (word: EditorWord, language: string | undefined): string =>
  WORDS[word][Math.max(0, LANGUAGES.indexOf((language ?? "en").slice(0, 2).toLowerCase()))] ?? WORDS[word][0];
