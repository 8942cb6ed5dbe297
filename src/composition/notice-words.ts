import type { UnusedSwitches } from "./unused-switches.ts";

type Words = Readonly<{
  goneTitle: string;
  gone: (entityId: string) => string;
  askTitle: (name: string) => string;
  ask: string;
  unusedTitle: (battery: string | null) => string;
  unused: Readonly<Record<UnusedSwitches["why"], (entityIds: string) => string>>;
}>;

const EN: Words = {
  goneTitle: "HyperVolt misses an entity",
  gone: (entityId) =>
    `${entityId} may be acted on but is no longer there. Allow its successor on HyperVolt's page, or take it out of the options.`,
  askTitle: (name) => `Run ${name} now?`,
  ask: "Open HyperVolt's page and choose Run now, or leave it: nothing is started without your yes.",
  unusedTitle: (battery) =>
    battery === null ? "HyperVolt does not use the transfer switch" : `HyperVolt does not steer the battery ${battery}`,
  unused: {
    not_allowed: (entityIds) =>
      `It may not act on ${entityIds}. Allow that on HyperVolt's set-up page, under "What may HyperVolt switch and dim?".`,
    not_switchable: (entityIds) =>
      `It can only act on switches and lights, and ${entityIds} is neither. Name the switch itself, or wrap it in a template switch.`,
    one_source: (entityIds) => `Only ${entityIds} is named. Name the switch of a second source on the set-up page.`,
  },
};
const DE: Words = {
  goneTitle: "HyperVolt vermisst eine Entität",
  gone: (entityId) =>
    `${entityId} darf geschaltet werden, ist aber nicht mehr da. Erlauben Sie die Nachfolgerin auf HyperVolts Seite, oder nehmen Sie sie aus den Optionen.`,
  askTitle: (name) => `${name} jetzt starten?`,
  ask: "Öffnen Sie HyperVolts Seite und wählen Sie „Jetzt starten“, oder lassen Sie es: ohne Ihr Ja wird nichts gestartet.",
  unusedTitle: (battery) =>
    battery === null ? "HyperVolt nutzt den Umschalter nicht" : `HyperVolt steuert die Batterie ${battery} nicht`,
  unused: {
    not_allowed: (entityIds) =>
      `Es darf ${entityIds} nicht schalten. Erlauben Sie das auf HyperVolts Einrichtungsseite unter „Was darf HyperVolt schalten und dimmen?“.`,
    not_switchable: (entityIds) =>
      `Es kann nur Schalter und Lampen schalten, und ${entityIds} ist keines von beiden. Nennen Sie den Schalter selbst, oder legen Sie einen Template-Schalter darum.`,
    one_source: (entityIds) =>
      `Nur ${entityIds} ist genannt. Nennen Sie auf der Einrichtungsseite den Schalter einer zweiten Quelle.`,
  },
};
const FR: Words = {
  goneTitle: "Il manque une entité à HyperVolt",
  gone: (entityId) =>
    `${entityId} peut être commandée mais n'existe plus. Autorisez sa remplaçante sur la page d'HyperVolt, ou retirez-la des options.`,
  askTitle: (name) => `Lancer ${name} maintenant ?`,
  ask: "Ouvrez la page d'HyperVolt et choisissez de lancer maintenant, ou laissez : rien ne démarre sans votre accord.",
  unusedTitle: (battery) =>
    battery === null
      ? "HyperVolt n'utilise pas l'inverseur de source"
      : `HyperVolt ne pilote pas la batterie ${battery}`,
  unused: {
    not_allowed: (entityIds) =>
      `Il ne peut pas agir sur ${entityIds}. Autorisez-le sur la page de configuration d'HyperVolt, sous « Que peut commander et faire varier HyperVolt ? ».`,
    not_switchable: (entityIds) =>
      `Il ne peut agir que sur des interrupteurs et des lampes, et ${entityIds} n'est ni l'un ni l'autre. Nommez l'interrupteur lui-même, ou créez un interrupteur modèle.`,
    one_source: (entityIds) =>
      `Seul ${entityIds} est nommé. Nommez l'interrupteur d'une deuxième source sur la page de configuration.`,
  },
};
const ES: Words = {
  goneTitle: "A HyperVolt le falta una entidad",
  gone: (entityId) =>
    `Se puede actuar sobre ${entityId}, pero ya no existe. Permita su sucesora en la página de HyperVolt, o quítela de las opciones.`,
  askTitle: (name) => `¿Poner en marcha ${name} ahora?`,
  ask: "Abra la página de HyperVolt y elija ponerlo en marcha ahora, o déjelo: nada arranca sin su sí.",
  unusedTitle: (battery) =>
    battery === null ? "HyperVolt no usa el conmutador de fuentes" : `HyperVolt no gobierna la batería ${battery}`,
  unused: {
    not_allowed: (entityIds) =>
      `No puede actuar sobre ${entityIds}. Permítalo en la página de configuración de HyperVolt, en «¿Qué puede conmutar y regular HyperVolt?».`,
    not_switchable: (entityIds) =>
      `Solo puede actuar sobre interruptores y luces, y ${entityIds} no es ninguna de las dos cosas. Indique el propio interruptor, o cree un interruptor de plantilla.`,
    one_source: (entityIds) =>
      `Solo se indica ${entityIds}. Indique el interruptor de una segunda fuente en la página de configuración.`,
  },
};
const NL: Words = {
  goneTitle: "HyperVolt mist een entiteit",
  gone: (entityId) =>
    `${entityId} mag geschakeld worden maar is er niet meer. Sta de opvolger toe op de pagina van HyperVolt, of haal hem uit de opties.`,
  askTitle: (name) => `${name} nu starten?`,
  ask: "Open de pagina van HyperVolt en kies nu starten, of laat het: zonder uw ja start er niets.",
  unusedTitle: (battery) =>
    battery === null ? "HyperVolt gebruikt de omschakelaar niet" : `HyperVolt stuurt de batterij ${battery} niet`,
  unused: {
    not_allowed: (entityIds) =>
      `Het mag ${entityIds} niet schakelen. Sta dat toe op de instelpagina van HyperVolt, onder ‘Wat mag HyperVolt schakelen en dimmen?’.`,
    not_switchable: (entityIds) =>
      `Het kan alleen schakelaars en lampen schakelen, en ${entityIds} is geen van beide. Noem de schakelaar zelf, of maak een sjabloonschakelaar.`,
    one_source: (entityIds) =>
      `Alleen ${entityIds} is genoemd. Noem op de instelpagina de schakelaar van een tweede bron.`,
  },
};
const LANGUAGES: Readonly<Record<string, Words>> = { en: EN, de: DE, fr: FR, es: ES, nl: NL };

/** The words of notifications in Home Assistant's language, else in English. */
export const noticeWords = (language: string): Words => LANGUAGES[language.slice(0, 2).toLowerCase()] ?? EN;
