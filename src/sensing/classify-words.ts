import type { SensorRole, SensorType } from "../domain/reading.ts";

/** Words and phrases that stand by themselves, and stems that are found within words (German and Dutch compounds). */
export type Words = Readonly<{ whole: string; within?: string }>;

/**
 * What names of sensors say in English, German, French, Spanish and Dutch, without accents, in the order of how much
 * they say: a "battery voltage" is a voltage, a "current temperature" a temperature.
 */
export const TYPE_WORDS: readonly (readonly [SensorType, Words])[] = [
  [
    "carbon_dioxide",
    {
      whole: "co2,eco2,tvoc co2,carbon dioxide,dioxyde de carbone,dioxido de carbono,mhz19,mh z19,scd30,scd40,scd41",
      within: "kohlendioxid,kooldioxide,kohlenstoffdioxid",
    },
  ],
  [
    "ldr",
    {
      whole:
        "ldr,lux,lx,als,illuminance,illumination,luminosity,light level,lightlevel,light intensity,light sensor,ambient light,brightness sensor,daylight,photoresistor,photocell,bh1750,tsl2561,luz ambiente,luz,lumiere,licht",
      within:
        "helligkeit,beleuchtungsst,lichtst,lichtsterkte,luminosite,eclairement,luminosidad,iluminancia,iluminacion,lichtintens,illuminan",
    },
  ],
  [
    "humidity",
    {
      whole: "humidity,hum,humid,rh,rel hum,feuchte,humedad,hygro,vocht,moisture air",
      within: "luftfeucht,humidity,humidite,luchtvocht,feuchtigkeit,vochtigheid",
    },
  ],
  [
    "temperature",
    {
      whole:
        "temp,temps,tmp,thermometer,thermo,ds18b20,celsius,fahrenheit,degc,tc,thermometre,termometro,vorlauf,rucklauf,flow temp,dewpoint,dew point,taupunkt,chaleur",
      within: "temperatu,thermometer",
    },
  ],
  [
    "voltage",
    {
      whole:
        "voltage,volt,volts,vbat,vbatt,v bat,v batt,spanning,vcc,mains voltage,tension,voltaje,umains,u l1,u l2,u l3",
      within: "spannung,netspanning,voltage",
    },
  ],
  [
    "energy",
    {
      whole:
        "energy,kwh,wh,energie,energia,consumption total,total consumption,total import,total export,consumed total,zahlerstand,meterstand,yield today,yield total,daily yield,etotal,etoday,tagesertrag,conso jour",
      within:
        "energie,stromverbrauch,zaehlerstand,zahlerstand,tagesverbrauch,dagverbruik,tagesertrag,meterstand,energy",
    },
  ],
  [
    "power",
    {
      whole:
        "power,watt,watts,wattage,load,pwr,active power,apower,puissance,puiss,potencia,vermogen,leistung,consumption,consumo,verbruik,verbrauch,consommation,papp,einspeisung,netzbezug,bezug,opwek,opbrengst,produccion,production,erzeugung,teruglevering,pac,ppv",
      within: "leistung,vermogen,wirkleistung,puissance",
    },
  ],
  [
    "current",
    {
      whole:
        "current,ampere,amperes,amperage,amps,amp,strom,stroom,intensidad,intensite,corriente,courant,acs712,sct013,iinst,i l1,i l2,i l3",
      within: "stromstark,stroomsterkte,amperage",
    },
  ],
  [
    "battery",
    {
      whole: "battery,batt,bat,akku,batterie,bateria,accu,batterij,soc,ladestand,charge level,pile",
      within: "batterie,akkustand,ladezustand,batterij",
    },
  ],
  [
    "motion",
    {
      whole: "pir,motion,movement,mouvement,movimiento,beweging,moving,radar motion",
      within: "bewegung,bewegings,motion",
    },
  ],
  [
    "occupancy",
    {
      whole: "occupancy,presence,occupied,anwesend,presencia,ocupacion,occupation,aanwezig,besetzt,belegt,mmwave",
      within: "anwesenheit,aanwezigheid,prasenz,praesenz",
    },
  ],
];

/** Names that contain such a word and measure something else: a share, a price, a setting, a count, a machine. */
export const NO_QUANTITY: Words = {
  whole:
    "power factor,power on,power outage,power source,power state,power mode,power management,power cycle,power limit,factor,cos phi,cosphi,cpu,ram,memory,disk,load average,system load,load 1m,load 5m,load 15m,uptime,rssi,wifi,signal,linkquality,lqi,firmware,version,status,price,cost,tariff,tarif,tarief,preis,prix,precio,prijs,kosten,cout,coste,offset,calibration,setpoint,set point,target,sollwert,soll,consigne,consigna,doel,threshold,schwelle,limit,alarm,alert,low,count,interval,timeout,duration,mode,error,fehler,battery type,current version,current position,current state,current program,current time,current song,temporary,template,color temp,color temperature,colour temperature,lichtfarbe,led,indicator,fan speed,energy class,energy saving,frequency,soil moisture,moisture,soil,bodenfeuchte,rain,pressure,light state,light status,light mode,traffic light,license,humidifier,apparent,reactive,blindleistung,scheinleistung",
  within: "farbtemperatur,couleur",
};

/** Words that propose a role, in the order they are tried. */
export const ROLE_WORDS: readonly (readonly [SensorRole, SensorType, Words])[] = [
  [
    "pv",
    "power",
    {
      whole:
        "pv,solar,photovoltaic,photovoltaics,photovoltaik,inverter ac,yield,inverter,onduleur,omvormer,inversor,zon,zonne,zonnepanelen,solaire,placas,paneles,fotovoltaica,opwek,opbrengst,produccion,production,erzeugung,ppv",
      within: "photovolta,fotovolta,wechselrichter,balkonkraftwerk,solaranlage,solarleistung,zonnepan",
    },
  ],
  [
    "grid_import",
    "power",
    {
      whole:
        "grid import,import power,power import,from grid,bezug,afname,soutirage,importacion,delivered to client,consumed from grid",
      within: "netzbezug,netafname",
    },
  ],
  [
    "grid_export",
    "power",
    {
      whole:
        "grid export,export power,power export,to grid,feed in,feedin,injection,vertido,excedente,surplus,delivered to grid,returned",
      within: "einspeis,teruglever",
    },
  ],
  [
    "grid",
    "power",
    {
      whole:
        "grid,mains,meter,smart meter,p1,netz,linky,papp,reseau,compteur,contador,red electrica,stromzahler,em,3em,shelly em",
      within: "stromzahler,smartmeter,netzleistung,slimmemeter,hausanschluss",
    },
  ],
  [
    "battery_power",
    "power",
    {
      whole: "battery,batt,akku,powerwall,storage,batterie,bateria,accu,speicher,thuisbatterij",
      within: "heimspeicher,hausakku,thuisbatterij,batteriespeicher",
    },
  ],
  [
    "ev_power",
    "power",
    {
      whole:
        "ev,wallbox,charger,car,evse,borne,laadpaal,cargador,voiture,coche,e auto,elektroauto,go echarger,goecharger",
      within: "ladestation,laadpaal,wallbox,ladepunkt",
    },
  ],
  [
    "load",
    "power",
    {
      whole: "house,home,total,consumption,load,haus,maison,casa,huis,woning,gesamt,consumo total,foyer,hogar,vivienda",
      within: "hausverbrauch,gesamtverbrauch,hausleistung,huisverbruik,gesamtleistung",
    },
  ],
  ["ev_soc", "battery", { whole: "ev,car,vehicle,voiture,coche,auto,tesla,leaf,zoe,e auto", within: "elektroauto" }],
  [
    "outdoor_temperature",
    "temperature",
    {
      whole:
        "outdoor,outside,aussen,garden,exterior,exterieur,exterieure,dehors,buiten,draussen,jardin,tuin,garten,balkon,terrasse,terraza,terras,weather,wetter,meteo",
      within: "aussentemp,buitentemp,gartentemp",
    },
  ],
  [
    "water_temperature",
    "temperature",
    {
      whole: "water,boiler,tank,hot water,dhw,wasser,eau,ballon,agua,termo,calentador,cumulus,sanitaire,warm water",
      within: "warmwasser,brauchwasser,chauffe,speichertemp,watertemp,puffer",
    },
  ],
];

/** A text as words without accents, a space before and after each: camelCase, snake_case and digits come apart. */
export function wordsOf(text: string): string {
  const plain = text
    .replace(/ß/g, "ss")
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/([a-z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    // "temp1", "power2": a number behind a word; "co2", "ds18b20" are words.
    .replace(/\b([a-z]{3,})(\d+)\b/g, (all, word: string, digits: string) =>
      KEPT.has(word + digits) ? all : `${word} ${digits}`,
    );
  return ` ${plain.trim()} `;
}

const KEPT: ReadonlySet<string> = new Set(["eco2", "mhz19", "scd30", "scd40", "scd41", "tsl2561", "acs712", "sct013"]);

/** Splits the lists once. */
export function matcherOf({ whole, within = "" }: Words): (words: string) => boolean {
  const phrases = whole.split(",").map((phrase) => ` ${phrase} `);
  const stems = within.split(",").filter((stem) => stem !== "");
  return (words) => phrases.some((phrase) => words.includes(phrase)) || stems.some((stem) => words.includes(stem));
}
