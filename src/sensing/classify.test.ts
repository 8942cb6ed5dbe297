import { expect, it } from "vitest";
import type { SensorRole, SensorType } from "../domain/reading.ts";
import { classify, type Clues } from "./classify.ts";

const NOTHING: Clues = {
  binary: false,
  deviceClass: null,
  unit: null,
  stateClass: null,
  name: "",
  device: null,
  topic: "x/y",
  values: [],
  neighbours: [],
};
const of = (clues: Partial<Clues>) => classify({ ...NOTHING, ...clues });

/** Names as publishers gave them, without a device class; the unit where they gave one. */
it.each<[name: string, unit: string | null, type: SensorType]>([
  // English
  ["Living Room Temperature", null, "temperature"],
  ["ds18b20_1", null, "temperature"],
  ["DHT22-Temp", null, "temperature"],
  ["temp1", null, "temperature"],
  ["Current temperature", null, "temperature"],
  ["Battery temperature", null, "temperature"],
  ["Outside air temp", "C", "temperature"],
  ["Pool", "°F", "temperature"],
  ["bme280 humidity", null, "humidity"],
  ["Bathroom RH", "%", "humidity"],
  ["Lux", null, "ldr"],
  ["LDR raw", null, "ldr"],
  ["ambient_light", null, "ldr"],
  ["Hallway Light Level", null, "ldr"],
  ["BH1750 Illuminance", "Lux", "ldr"],
  ["Heat pump power", null, "power"],
  ["solarPower", null, "power"],
  ["activePower", null, "power"],
  ["Washer wattage", null, "power"],
  ["House consumption", null, "power"],
  ["Meter 66049", "w", "power"],
  ["Energy Total", null, "energy"],
  ["total_import", null, "energy"],
  ["Yield today", "kwh", "energy"],
  ["Mains voltage", null, "voltage"],
  ["vbat", null, "voltage"],
  ["Battery voltage", null, "voltage"],
  ["ACS712 current", null, "current"],
  ["phase A amps", null, "current"],
  ["clamp 2", "Amps", "current"],
  ["eCO2", null, "carbon_dioxide"],
  ["MHZ19 CO2", "ppm", "carbon_dioxide"],
  ["Sensor battery", "%", "battery"],
  ["SoC", "%", "battery"],
  ["PIR hallway", null, "motion"],
  ["Radar occupancy", null, "occupancy"],
  // German
  ["Außentemperatur", null, "temperature"],
  ["Vorlauf", null, "temperature"],
  ["Wohnzimmer Luftfeuchtigkeit", null, "humidity"],
  ["Luftfeuchte Bad", "%", "humidity"],
  ["Helligkeit Flur", null, "ldr"],
  ["Beleuchtungsstärke", null, "ldr"],
  ["Wirkleistung", null, "power"],
  ["Leistung Wärmepumpe", null, "power"],
  ["Netzbezug", null, "power"],
  ["Netzspannung L1", null, "voltage"],
  ["Stromstärke", null, "current"],
  ["Strom L2", null, "current"],
  ["Stromverbrauch", null, "energy"],
  ["Zählerstand", null, "energy"],
  ["Tagesertrag", null, "energy"],
  ["Kohlendioxid", null, "carbon_dioxide"],
  ["Akkustand", "%", "battery"],
  ["Bewegungsmelder", null, "motion"],
  ["Anwesenheit Büro", null, "occupancy"],
  // French
  ["Température salon", null, "temperature"],
  ["Humidité", null, "humidity"],
  ["Luminosité entrée", null, "ldr"],
  ["Éclairement", null, "ldr"],
  ["Puissance apparente", null, "power"],
  ["PAPP", null, "power"],
  ["Consommation maison", null, "power"],
  ["Énergie totale", null, "energy"],
  ["Tension secteur", null, "voltage"],
  ["Intensité", null, "current"],
  ["Courant phase 1", null, "current"],
  ["Batterie détecteur", "%", "battery"],
  ["Mouvement couloir", null, "motion"],
  ["Présence bureau", null, "occupancy"],
  // Spanish
  ["Temperatura dormitorio", null, "temperature"],
  ["Humedad cocina", null, "humidity"],
  ["Iluminación pasillo", null, "ldr"],
  ["Luz ambiente", null, "ldr"],
  ["Potencia activa", null, "power"],
  ["Consumo casa", null, "power"],
  ["Energía diaria", null, "energy"],
  ["Voltaje red", null, "voltage"],
  ["Tensión fase 1", null, "voltage"],
  ["Corriente", null, "current"],
  ["Intensidad L1", null, "current"],
  ["Batería sensor", "%", "battery"],
  ["Movimiento garaje", null, "motion"],
  // Dutch
  ["Buitentemperatuur", null, "temperature"],
  ["Kamertemperatuur", null, "temperature"],
  ["Luchtvochtigheid", null, "humidity"],
  ["Lichtsterkte", null, "ldr"],
  ["Vermogen", null, "power"],
  ["Teruglevering", null, "power"],
  ["Energieverbruik", null, "energy"],
  ["Meterstand", null, "energy"],
  ["Spanning L1", null, "voltage"],
  ["Stroomsterkte", null, "current"],
  ["Stroom fase 3", null, "current"],
  ["Batterij", "%", "battery"],
  ["Beweging gang", null, "motion"],
  ["Aanwezigheid", null, "occupancy"],
  // What measures something else
  ["Power factor", null, "other"],
  ["Power outage count", null, "other"],
  ["Energy price", null, "other"],
  ["Strompreis", null, "other"],
  ["Prix énergie", null, "other"],
  ["CPU load", null, "other"],
  ["CPU temperature limit", null, "other"],
  ["WiFi signal", null, "other"],
  ["linkquality", null, "other"],
  ["Target temperature", null, "other"],
  ["Solltemperatur Soll", null, "other"],
  ["Consigne température", null, "other"],
  ["Temperature calibration", null, "other"],
  ["Color temperature", null, "other"],
  ["Battery low", null, "other"],
  ["Soil moisture", "%", "other"],
  ["Uptime", null, "other"],
  ["Current position", null, "other"],
  ["Apparent", "VA", "other"],
  ["Pressure", "hPa", "other"],
  ["UV index", null, "other"],
])("takes '%s' in %s for %s", (name, unit, type) => {
  expect(of({ name, unit }).sensorType).toBe(type);
});

it.each<[what: string, clues: Partial<Clues>, type: SensorType]>([
  ["a topic, where the name says nothing", { name: "Sensor 3", topic: "shed/esp/humidity" }, "humidity"],
  ["the levels before a topic's last", { name: "Sensor", topic: "home/temperature/state" }, "temperature"],
  ["a device, where nothing else says it", { name: "Value", device: "Photoresistor desk" }, "ldr"],
  ["its own name over its device's", { name: "Power meter Voltage", device: "Power meter" }, "voltage"],
  ["a counter's state class over a name for both", { name: "Verbrauch", stateClass: "total_increasing" }, "energy"],
  ["a measurement's too", { name: "Energie", stateClass: "measurement" }, "power"],
  ["plausible values of an unnamed gas", { name: "Air", unit: "ppm", values: [620, 655] }, "carbon_dioxide"],
  ["a thermometer beside it", { name: "b", values: [41, 42, 40], neighbours: ["temperature"] }, "humidity"],
  ["the same in percent", { name: "b", unit: "%", values: [41, 42, 40], neighbours: ["temperature"] }, "humidity"],
  ["a hygrometer beside it", { name: "a", values: [21.5, 21.4, 21.6], neighbours: ["humidity"] }, "temperature"],
  ["nothing, where nothing says it", { name: "a", values: [21.5, 21.4, 21.6] }, "other"],
])("goes by %s", (_what, clues, type) => {
  expect(of(clues).sensorType).toBe(type);
});

it.each<[name: string, type: "power" | "temperature" | "battery", role: SensorRole]>([
  ["Balkonkraftwerk Leistung", "power", "pv"],
  ["Production solaire", "power", "pv"],
  ["Opwek zonnepanelen", "power", "pv"],
  ["Netzbezug", "power", "grid_import"],
  ["Einspeisung", "power", "grid_export"],
  ["Linky PAPP", "power", "grid"],
  ["Stromzähler", "power", "grid"],
  ["Thuisbatterij vermogen", "power", "battery_power"],
  ["Ladestation", "power", "ev_power"],
  ["Hausverbrauch", "power", "load"],
  ["Consommation maison", "power", "load"],
  ["Kühlschrank", "power", "device_power"],
  ["Außentemperatur", "temperature", "outdoor_temperature"],
  ["Température extérieure", "temperature", "outdoor_temperature"],
  ["Warmwasserspeicher", "temperature", "water_temperature"],
  ["Ballon eau chaude", "temperature", "water_temperature"],
  ["Wohnzimmer", "temperature", "room_temperature"],
  ["Coche", "battery", "ev_soc"],
])("proposes for '%s' (%s) the role %s", (name, deviceClass, role) => {
  expect(of({ name, deviceClass }).role).toBe(role);
});

it("is surer the more directly it was told, and less where the values cannot be", () => {
  const sure = (clues: Partial<Clues>): number => of(clues).confidence;
  const byClass = sure({ deviceClass: "temperature" });
  const byUnit = sure({ name: "x", unit: "°C", values: [21] });
  const byName = sure({ name: "temperature", values: [21] });
  const byTopic = sure({ name: "x", topic: "a/temperature", values: [21] });
  const byNeighbour = sure({ name: "x", values: [21, 21, 22], neighbours: ["humidity"] });
  const impossible = sure({ name: "temperature", values: [51_234] });
  expect([byClass, byUnit, byName, byTopic, byNeighbour, impossible]).toEqual(
    [byClass, byUnit, byName, byTopic, byNeighbour, impossible].toSorted((a, b) => b - a),
  );
  expect(new Set([byClass, byName, byTopic, byNeighbour, impossible]).size).toBe(5);
});
