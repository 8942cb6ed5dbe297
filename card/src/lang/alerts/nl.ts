import type { AlertWords } from "./alert-words.ts";

export const nl: AlertWords = {
  alerts: {
    "dependency-down": ["Uitgevallen: {name}", "{detail}", "{todo}"],
    "dependency-degraded": ["Gestoord: {name}", "{detail}", "{todo}"],
    "sensor-unavailable": [
      "{name} is niet bereikbaar",
      "De afzender zegt het, of de laatste meting is verlopen.",
      "Controleer de stroom en het netwerk van de sensor.",
    ],
    "sensor-silent": [
      "{name} zwijgt",
      "Anders kwam er elke {usual_s} een waarde; al {quiet_s} komt er geen meer.",
      "Controleer de stroom en het netwerk van de sensor; zet zijn rol op ‘negeren’ als hij niet meer bestaat.",
    ],
    "sensor-stuck": [
      "{name} lijkt vast te zitten",
      "Al {still_s} precies {value} {unit}, {count} keer achter elkaar.",
      "Herstart de meter of zijn gateway; tot dan telt zijn waarde niet mee.",
    ],
    "sensor-odd": [
      "{name} is ongewoon",
      "{value} {unit}; op dit uur van de dag lag het tot nu toe tussen {low} en {high} {unit}.",
      "",
    ],
    "energy-balance": [
      "De energie klopt niet",
      "Zon, net en batterij wijken {gap_w} af van het verbruik, en geen enkele meter verklaart dat.",
      "Controleer op de pagina met sensoren welke sensor net, zon, batterij en verbruik meet.",
    ],
    "energy-balance-sign": [
      "De energie klopt niet",
      "Zon, net en batterij wijken {gap_w} af van het verbruik. Het zou kloppen als deze meter andersom telde: {meter}.",
      "Keer zijn teken om, of kies de sensor met het juiste.",
    ],
    "energy-balance-kilo": [
      "De energie klopt niet",
      "Zon, net en batterij wijken {gap_w} af van het verbruik. Het zou kloppen als deze meter kW in plaats van W gaf: {meter}.",
      "Verbeter zijn eenheid, of zet zijn factor op 1000.",
    ],
    "energy-balance-milli": [
      "De energie klopt niet",
      "Zon, net en batterij wijken {gap_w} af van het verbruik. Het zou kloppen als deze meter mW gaf of duizend keer te veel: {meter}.",
      "Verbeter zijn eenheid, of zet zijn factor op 0,001.",
    ],
    "energy-balance-twice": [
      "De energie klopt niet",
      "Zon, net en batterij wijken {gap_w} af van het verbruik. Het zou kloppen als deze meter dubbel geteld werd: {meter}.",
      "Verwijder een van de sensoren met deze rol.",
    ],
    "energy-balance-half": [
      "De energie klopt niet",
      "Zon, net en batterij wijken {gap_w} af van het verbruik. Het zou kloppen als deze meter maar de helft zag: {meter}.",
      "Zoek een tweede sensor van dezelfde soort, bijvoorbeeld van een andere fase of omvormer.",
    ],
    "energy-balance-left-out": [
      "De energie klopt niet",
      "Zon, net en batterij wijken {gap_w} af van het verbruik. Het zou kloppen als de verbruiksmeter wegliet wat deze telt: {meter}.",
      "Kies een verbruikssensor die het hele huis telt, of geen: HyperVolt rekent het dan uit.",
    ],
    "charge-unknown": [
      "Hoe vol de batterij {battery} is, is niet bekend",
      "Het plan laat haar weg tot de lading bekend is.",
      "Zeg op de instelpagina of als soc_sensor in de opties welke sensor de lading toont, en controleer of hij zich meldt.",
    ],
    "battery-not-allowed": [
      "De batterij {battery} wordt niet gestuurd",
      "HyperVolt mag dit niet schakelen: {entities}.",
      "Sta het toe op de instelpagina, of noem het bij allowed_entities in de opties.",
    ],
    "battery-not-switchable": [
      "De batterij {battery} wordt niet gestuurd",
      "HyperVolt bedient alleen schakelaars en lampen, en dit is geen van beide: {entities}.",
      "Noem de schakelaar zelf, of maak een sjabloonschakelaar.",
    ],
    "transfer-not-allowed": [
      "De omschakelaar wordt niet gebruikt",
      "HyperVolt mag dit niet schakelen: {entities}.",
      "Sta het toe op de instelpagina, of noem het bij allowed_entities in de opties.",
    ],
    "transfer-not-switchable": [
      "De omschakelaar wordt niet gebruikt",
      "HyperVolt bedient alleen schakelaars en lampen, en dit is geen van beide: {entities}.",
      "Noem de schakelaar zelf, of maak een sjabloonschakelaar.",
    ],
    "transfer-one-source": [
      "De omschakelaar wordt niet gebruikt",
      "Er is maar één bron genoemd: {entities}.",
      "Noem op de instelpagina de schakelaar van een tweede bron.",
    ],
    "plan-missing": [
      "Er is nog geen plan",
      "HyperVolt draait al {ran_s} zonder.",
      "Elke paar minuten wordt het opnieuw geprobeerd. Blijft het zo, herstart HyperVolt: het logboek zegt waarom.",
    ],
    "plan-missing-waiting": ["Er is nog geen plan", "HyperVolt draait al {ran_s} zonder.", "Het wacht op: {missing}."],
    "plan-stale": [
      "Het plan is oud",
      "Het werd {age_s} geleden gemaakt en geldt tot er een beter gevonden is.",
      "Elke paar minuten wordt het opnieuw geprobeerd. Blijft het zo, herstart HyperVolt: het logboek zegt waarom.",
    ],
    "plan-stale-waiting": [
      "Het plan is oud",
      "Het werd {age_s} geleden gemaakt en geldt tot er een beter gevonden is.",
      "Het wacht op: {missing}.",
    ],
    "forecast-off": [
      "De voorspelling zit er ver naast: {signal}",
      "In de laatste {span_s} zat ze er gemiddeld {error} {unit} naast; anders is dat {usual}.",
      "Niets: HyperVolt plant opnieuw met wat het ziet. Zijn er gasten of is er een nieuw apparaat, dan leert het dat binnen dagen.",
    ],
    "action-failed": [
      "{name} doet niet wat gevraagd wordt",
      "Laatste mislukte acties: {count}. {why}",
      "Probeer het in Home Assistant; HyperVolt laat het met rust tot het weer antwoordt.",
    ],
    "messages-refused": [
      "Berichten werden niet aangenomen",
      "Tot nu toe {count} ({reason}); het laatste op {topic}: {detail}",
      "Verbeter de afzender van dat onderwerp.",
    ],
    "device-attention": ["Een apparaat vraagt aandacht", "{detail}", ""],
    "home-issue": ["Uw huis", "{detail}", ""],
    "forecast-part": ["Voorspellingen", "{detail}", ""],
    learned: ["’s Nachts geleerd", "{detail}", ""],
  },
  methods: {
    "other-course-1":
      "Elke vijf minuten vergelijkt HyperVolt wat uw meter telde met wat hij in hetzelfde huis zonder HyperVolt geteld zou hebben: dezelfde mensen, dezelfde zon en hetzelfde weer, een batterij die gewoon het huis volgt (laadt van het overschot en dekt wat verbruikt wordt), apparaten die starten zodra hun tijdvak opengaat, en lampen op volle sterkte.\n\nWat gemeten is, geldt als gemeten. Een verschoven belasting telt pas als ze echt gedraaid heeft, met de energie die ze echt gebruikte, tegen de prijzen en de koolstofintensiteit van het moment waarop ze anders gedraaid had. De batterij van het andere verloop wordt nagebootst met de capaciteit, de grenzen en de verliezen die u opgaf.\n\nKosten zijn de afname tegen haar prijs, min de teruglevering tegen de hare. CO₂ is de afname maal de intensiteit van het net op dat moment en die plaats; teruggeleverde stroom geeft geen CO₂-tegoed. Een besparing kan negatief zijn, en wordt dan ook zo getoond.\n\nEnergie in de batterij telt als ze gebruikt wordt, niet eerder: een vannacht geladen batterij lijkt eerst een verlies, een geleegde een winst. Wat er nu meer in ligt dan zonder HyperVolt, staat daarom als nog niet geteld naast de besparing, gewaardeerd met wat netstroom de laatste dag gemiddeld kostte en veroorzaakte, na de verliezen van de batterij; dat is een schatting en nooit deel van wat bespaard is.\n\nWat de berekening niet weet: afname en teruglevering binnen dezelfde vijf minuten heffen elkaar op; waar niets gemeten werd, wordt niets geteld, en de batterij wordt geacht in beide verlopen hetzelfde gedaan te hebben; waar geen bron een prijs of intensiteit geeft, gelden de vaste waarden van de opties. Een apparaat of lamp die iemand anders instelde, blijft zoals hij was. Zolang HyperVolt alleen adviseert, zeggen de cijfers wat het volgen van zijn advies voor de batterij bespaard zou hebben, en worden ze apart gehouden van wat echt bespaard is.\n\nElke post draagt een cryptografische vingerafdruk van zichzelf en van de post ervoor, zodat een latere wijziging opvalt.",
  },
};
