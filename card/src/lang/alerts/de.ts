import type { AlertWords } from "./alert-words.ts";

export const de: AlertWords = {
  alerts: {
    "dependency-down": ["Ausgefallen: {name}", "{detail}", "{todo}"],
    "dependency-degraded": ["Gestört: {name}", "{detail}", "{todo}"],
    "sensor-unavailable": [
      "{name} ist nicht erreichbar",
      "Der Absender meldet es so, oder der letzte Messwert ist abgelaufen.",
      "Prüfen Sie Strom und Netzwerk des Sensors.",
    ],
    "sensor-silent": [
      "{name} ist verstummt",
      "Sonst kam alle {usual_s} ein Wert; nun ist es {quiet_s} still.",
      "Prüfen Sie Strom und Netzwerk des Sensors; setzen Sie seine Rolle auf „übergehen“, wenn es ihn nicht mehr gibt.",
    ],
    "sensor-stuck": [
      "{name} scheint festzuhängen",
      "{still_s} lang waren es genau {value} {unit}, {count}-mal nacheinander.",
      "Starten Sie den Zähler oder sein Gateway neu; bis dahin gilt sein Wert nicht.",
    ],
    "sensor-odd": [
      "{name} ist ungewöhnlich",
      "{value} {unit}; um diese Tageszeit lag es bisher zwischen {low} und {high} {unit}.",
      "",
    ],
    "energy-balance": [
      "Die Energie geht nicht auf",
      "Sonne, Netz und Batterie weichen um {gap_w} vom Verbrauch ab, und kein einzelner Zähler erklärt das.",
      "Prüfen Sie auf der Seite der Sensoren, welcher Sensor Netz, Sonne, Batterie und Verbrauch misst.",
    ],
    "energy-balance-sign": [
      "Die Energie geht nicht auf",
      "Sonne, Netz und Batterie weichen um {gap_w} vom Verbrauch ab. Es ginge auf, wenn dieser Zähler andersherum zählte: {meter}.",
      "Kehren Sie sein Vorzeichen um, oder wählen Sie den Sensor mit dem richtigen.",
    ],
    "energy-balance-kilo": [
      "Die Energie geht nicht auf",
      "Sonne, Netz und Batterie weichen um {gap_w} vom Verbrauch ab. Es ginge auf, wenn dieser Zähler kW statt W meldete: {meter}.",
      "Berichtigen Sie seine Einheit, oder setzen Sie seinen Faktor auf 1000.",
    ],
    "energy-balance-milli": [
      "Die Energie geht nicht auf",
      "Sonne, Netz und Batterie weichen um {gap_w} vom Verbrauch ab. Es ginge auf, wenn dieser Zähler mW meldete oder das Tausendfache zählte: {meter}.",
      "Berichtigen Sie seine Einheit, oder setzen Sie seinen Faktor auf 0,001.",
    ],
    "energy-balance-twice": [
      "Die Energie geht nicht auf",
      "Sonne, Netz und Batterie weichen um {gap_w} vom Verbrauch ab. Es ginge auf, wenn dieser Zähler doppelt gezählt würde: {meter}.",
      "Entfernen Sie einen der Sensoren mit dieser Rolle.",
    ],
    "energy-balance-half": [
      "Die Energie geht nicht auf",
      "Sonne, Netz und Batterie weichen um {gap_w} vom Verbrauch ab. Es ginge auf, wenn dieser Zähler nur die Hälfte sähe: {meter}.",
      "Suchen Sie einen zweiten Sensor derselben Art, etwa den einer anderen Phase oder eines anderen Wechselrichters.",
    ],
    "energy-balance-left-out": [
      "Die Energie geht nicht auf",
      "Sonne, Netz und Batterie weichen um {gap_w} vom Verbrauch ab. Es ginge auf, wenn der Verbrauchszähler ausließe, was dieser zählt: {meter}.",
      "Wählen Sie einen Verbrauchssensor, der das ganze Haus zählt, oder keinen: HyperVolt rechnet ihn dann aus.",
    ],
    "charge-unknown": [
      "Der Ladestand der Batterie {battery} ist nicht bekannt",
      "Der Plan lässt sie aus, bis er bekannt ist.",
      "Sagen Sie auf der Seite „Einrichtung“ oder als soc_sensor in den Optionen, welcher Sensor ihn zeigt, und prüfen Sie, ob er sich meldet.",
    ],
    "battery-not-allowed": [
      "Die Batterie {battery} wird nicht gesteuert",
      "HyperVolt darf das nicht schalten: {entities}.",
      "Erlauben Sie es auf der Seite „Einrichtung“, oder nennen Sie es unter allowed_entities in den Optionen.",
    ],
    "battery-not-switchable": [
      "Die Batterie {battery} wird nicht gesteuert",
      "HyperVolt bedient nur Schalter und Lichter, und das ist keines von beiden: {entities}.",
      "Nennen Sie den Schalter selbst, oder legen Sie einen Template-Schalter darum.",
    ],
    "transfer-not-allowed": [
      "Der Umschalter wird nicht genutzt",
      "HyperVolt darf das nicht schalten: {entities}.",
      "Erlauben Sie es auf der Seite „Einrichtung“, oder nennen Sie es unter allowed_entities in den Optionen.",
    ],
    "transfer-not-switchable": [
      "Der Umschalter wird nicht genutzt",
      "HyperVolt bedient nur Schalter und Lichter, und das ist keines von beiden: {entities}.",
      "Nennen Sie den Schalter selbst, oder legen Sie einen Template-Schalter darum.",
    ],
    "transfer-one-source": [
      "Der Umschalter wird nicht genutzt",
      "Nur eine Quelle ist genannt: {entities}.",
      "Nennen Sie auf der Seite „Einrichtung“ den Schalter einer zweiten Quelle.",
    ],
    "plan-missing": [
      "Noch gibt es keinen Plan",
      "HyperVolt läuft schon {ran_s} ohne einen.",
      "Alle paar Minuten wird es neu versucht. Bleibt es so, starten Sie HyperVolt neu: Sein Protokoll nennt den Grund.",
    ],
    "plan-missing-waiting": [
      "Noch gibt es keinen Plan",
      "HyperVolt läuft schon {ran_s} ohne einen.",
      "Es wartet auf: {missing}.",
    ],
    "plan-stale": [
      "Der Plan ist alt",
      "Er ist {age_s} alt und gilt, bis ein besserer gefunden ist.",
      "Alle paar Minuten wird es neu versucht. Bleibt es so, starten Sie HyperVolt neu: Sein Protokoll nennt den Grund.",
    ],
    "plan-stale-waiting": [
      "Der Plan ist alt",
      "Er ist {age_s} alt und gilt, bis ein besserer gefunden ist.",
      "Es wartet auf: {missing}.",
    ],
    "forecast-off": [
      "Die Vorhersage liegt weit daneben: {signal}",
      "In den letzten {span_s} irrte sie im Mittel um {error} {unit}; sonst sind es {usual}.",
      "Nichts: HyperVolt plant neu mit dem, was es sieht. Sind Gäste da oder ein neues Gerät, lernt es binnen Tagen dazu.",
    ],
    "action-failed": [
      "{name} tut nicht, was verlangt wird",
      "Zuletzt fehlgeschlagene Aktionen: {count}. {why}",
      "Versuchen Sie es in Home Assistant; HyperVolt lässt das Gerät in Ruhe, bis es wieder antwortet.",
    ],
    "messages-refused": [
      "Nachrichten wurden nicht angenommen",
      "Bisher {count} ({reason}); die letzte auf {topic}: {detail}",
      "Berichtigen Sie den Absender dieses Themas.",
    ],
    "device-attention": ["Ein Gerät braucht Aufmerksamkeit", "{detail}", ""],
    "home-issue": ["Ihr Haus", "{detail}", ""],
    "forecast-part": ["Vorhersagen", "{detail}", ""],
    learned: ["In der Nacht gelernt", "{detail}", ""],
  },
  methods: {
    "other-course-1":
      "Alle fünf Minuten vergleicht HyperVolt, was Ihr Zähler gezählt hat, mit dem, was er im selben Haus ohne HyperVolt gezählt hätte: dieselben Menschen, dieselbe Sonne, dasselbe Wetter, eine Batterie, die einfach dem Haus folgt (mit Überschuss lädt und deckt, was verbraucht wird), Geräte, die starten, sobald ihr Zeitfenster beginnt, und Lichter mit voller Helligkeit.\n\nWas gemessen ist, gilt als gemessen. Ein verschobener Lauf zählt erst, wenn er wirklich stattfand, mit der Energie, die er wirklich brauchte, zu den Preisen und dem CO₂-Gehalt der Zeit, zu der er sonst gelaufen wäre. Die Batterie des anderen Verlaufs wird mit der Kapazität, den Grenzen und den Verlusten gerechnet, die Sie angegeben haben.\n\nKosten sind der Bezug zu seinem Preis abzüglich der Einspeisung zu ihrem. CO₂ ist der Bezug mal dem CO₂-Gehalt des Netzes zu dieser Zeit an diesem Ort; für eingespeisten Strom gibt es keine CO₂-Gutschrift. Eine Ersparnis kann negativ sein, und dann wird sie auch so gezeigt.\n\nEnergie in der Batterie zählt, wenn sie genutzt wird, nicht vorher: Eine heute Nacht geladene Batterie sieht zunächst wie ein Verlust aus, eine geleerte wie ein Gewinn. Was jetzt mehr darin liegt als ohne HyperVolt, steht deshalb als noch nicht gezählt neben der Ersparnis, bewertet mit dem, was Netzstrom am letzten Tag im Mittel gekostet und verursacht hat, nach den Verlusten der Batterie; das ist eine Schätzung und nie Teil des Gesparten.\n\nWas die Rechnung nicht weiß: Bezug und Einspeisung innerhalb derselben fünf Minuten heben sich auf; wo nichts gemessen wurde, wird nichts gezählt, und von der Batterie wird angenommen, dass sie in beiden Verläufen das Gleiche tat; wo keine Quelle Preis oder CO₂-Gehalt nennt, gelten die festen Werte der Optionen. Ein Gerät oder Licht, das jemand anders gestellt hat, bleibt, wie es war. Solange HyperVolt nur berät, sagen die Zahlen, was das Befolgen seines Rats für die Batterie gespart hätte, und werden getrennt von dem geführt, was wirklich gespart wurde.\n\nJeder Eintrag trägt einen kryptografischen Fingerabdruck von sich und dem Eintrag davor, sodass eine spätere Änderung auffällt.",
  },
};
