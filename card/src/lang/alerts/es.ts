import type { AlertWords } from "./alert-words.ts";

export const es: AlertWords = {
  alerts: {
    "dependency-down": ["Caído: {name}", "{detail}", "{todo}"],
    "dependency-degraded": ["No va bien: {name}", "{detail}", "{todo}"],
    "sensor-unavailable": [
      "{name} no responde",
      "Así lo dice quien lo publica, o su última lectura ha caducado.",
      "Compruebe su alimentación y su red.",
    ],
    "sensor-silent": [
      "{name} se ha callado",
      "Solía hablar cada {usual_s}; no llega nada desde hace {quiet_s}.",
      "Compruebe su alimentación y su red; ponga su papel en «ignorar» si ya no existe.",
    ],
    "sensor-stuck": [
      "{name} parece atascado",
      "Dice exactamente {value} {unit} desde hace {still_s}, {count} veces.",
      "Reinicie el contador o su pasarela; hasta entonces no se confía en su valor.",
    ],
    "sensor-odd": [
      "{name} está fuera de lo habitual",
      "{value} {unit}; a esta hora del día solía estar entre {low} y {high} {unit}.",
      "",
    ],
    "energy-balance": [
      "La energía no cuadra",
      "Sol, red y batería difieren del consumo en {gap_w}, y ningún contador lo explica por sí solo.",
      "Compruebe en la página de sensores cuál mide la red, el sol, la batería y el consumo.",
    ],
    "energy-balance-sign": [
      "La energía no cuadra",
      "Sol, red y batería difieren del consumo en {gap_w}. Cuadraría si este contador contara al revés: {meter}.",
      "Invierta su signo, o elija el sensor que lo tiene bien.",
    ],
    "energy-balance-kilo": [
      "La energía no cuadra",
      "Sol, red y batería difieren del consumo en {gap_w}. Cuadraría si este contador diera kW en vez de W: {meter}.",
      "Corrija su unidad, o ponga su factor en 1000.",
    ],
    "energy-balance-milli": [
      "La energía no cuadra",
      "Sol, red y batería difieren del consumo en {gap_w}. Cuadraría si este contador diera mW o mil veces de más: {meter}.",
      "Corrija su unidad, o ponga su factor en 0,001.",
    ],
    "energy-balance-twice": [
      "La energía no cuadra",
      "Sol, red y batería difieren del consumo en {gap_w}. Cuadraría si este contador se contara dos veces: {meter}.",
      "Quite uno de los sensores con este papel.",
    ],
    "energy-balance-half": [
      "La energía no cuadra",
      "Sol, red y batería difieren del consumo en {gap_w}. Cuadraría si este contador viera solo la mitad: {meter}.",
      "Busque un segundo sensor del mismo tipo, por ejemplo de otra fase o de otro inversor.",
    ],
    "energy-balance-left-out": [
      "La energía no cuadra",
      "Sol, red y batería difieren del consumo en {gap_w}. Cuadraría si el contador de consumo dejara fuera lo que cuenta este: {meter}.",
      "Elija un sensor de consumo que cuente toda la casa, o ninguno: HyperVolt lo calcula entonces.",
    ],
    "charge-unknown": [
      "No se sabe cuánta carga tiene la batería {battery}",
      "El plan la deja fuera hasta que se conozca su carga.",
      "Diga qué sensor la muestra, en la página de configuración o como soc_sensor en las opciones, y compruebe que informa.",
    ],
    "battery-not-allowed": [
      "La batería {battery} no se gobierna",
      "HyperVolt no puede actuar sobre: {entities}.",
      "Permítalo en la página de configuración, o indíquelo en allowed_entities de las opciones.",
    ],
    "battery-not-switchable": [
      "La batería {battery} no se gobierna",
      "HyperVolt solo actúa sobre interruptores y luces, y esto no es ninguna de las dos cosas: {entities}.",
      "Indique el propio interruptor, o cree un interruptor de plantilla.",
    ],
    "transfer-not-allowed": [
      "El conmutador de fuentes no se usa",
      "HyperVolt no puede actuar sobre: {entities}.",
      "Permítalo en la página de configuración, o indíquelo en allowed_entities de las opciones.",
    ],
    "transfer-not-switchable": [
      "El conmutador de fuentes no se usa",
      "HyperVolt solo actúa sobre interruptores y luces, y esto no es ninguna de las dos cosas: {entities}.",
      "Indique el propio interruptor, o cree un interruptor de plantilla.",
    ],
    "transfer-one-source": [
      "El conmutador de fuentes no se usa",
      "Solo se ha indicado una fuente: {entities}.",
      "Indique el interruptor de una segunda fuente en la página de configuración.",
    ],
    "plan-missing": [
      "Aún no hay plan",
      "HyperVolt lleva {ran_s} sin uno.",
      "Se intenta de nuevo cada pocos minutos. Si sigue así, reinicie HyperVolt: su registro dice por qué.",
    ],
    "plan-missing-waiting": ["Aún no hay plan", "HyperVolt lleva {ran_s} sin uno.", "Espera: {missing}."],
    "plan-stale": [
      "El plan es antiguo",
      "Se hizo hace {age_s} y vale hasta que se encuentre uno mejor.",
      "Se intenta de nuevo cada pocos minutos. Si sigue así, reinicie HyperVolt: su registro dice por qué.",
    ],
    "plan-stale-waiting": [
      "El plan es antiguo",
      "Se hizo hace {age_s} y vale hasta que se encuentre uno mejor.",
      "Espera: {missing}.",
    ],
    "forecast-off": [
      "La previsión falla mucho: {signal}",
      "Durante {span_s} erró en {error} {unit} de media; lo habitual es {usual}.",
      "Nada: HyperVolt vuelve a planificar con lo que ve. Si hay invitados o un aparato nuevo, lo aprende en unos días.",
    ],
    "action-failed": [
      "{name} no hace lo que se le pide",
      "Últimas acciones fallidas: {count}. {why}",
      "Pruébelo desde Home Assistant; HyperVolt lo deja tranquilo hasta que vuelva a responder.",
    ],
    "messages-refused": [
      "No se aceptaron mensajes",
      "{count} hasta ahora ({reason}); el último en {topic}: {detail}",
      "Corrija a quien publica en ese tema.",
    ],
    "device-attention": ["Un aparato requiere atención", "{detail}", ""],
    "home-issue": ["Su casa", "{detail}", ""],
    "forecast-part": ["Previsiones", "{detail}", ""],
    learned: ["Aprendido esta noche", "{detail}", ""],
  },
  methods: {
    "other-course-1":
      "Cada cinco minutos HyperVolt compara lo que contó su contador con lo que habría contado en la misma casa sin HyperVolt: las mismas personas, el mismo sol y el mismo tiempo, una batería que simplemente sigue a la casa (se carga con el excedente y cubre lo que se usa), aparatos que arrancan en cuanto se abre su franja horaria y luces a plena potencia.\n\nLo medido se toma como medido. Una carga desplazada solo cuenta cuando de verdad ha funcionado, con la energía que de verdad usó, a los precios y con la intensidad de carbono del momento en que habría funcionado. La batería del otro curso se simula con la capacidad, los límites y las pérdidas que usted indicó.\n\nEl coste es lo comprado a su precio menos lo vertido al suyo. El carbono es lo comprado por la intensidad de la red en ese momento y lugar; la electricidad vertida no da crédito de carbono. El ahorro puede ser negativo, y entonces así se muestra.\n\nLa energía de la batería cuenta cuando se usa, no antes: una batería cargada esta noche parece primero una pérdida, y una vaciada una ganancia. Lo que hay ahora en ella de más respecto a no tener HyperVolt se muestra por eso junto al ahorro como aún no contado, valorado con lo que la electricidad de la red costó y causó de media en el último día, tras las pérdidas de la batería; es una estimación y nunca parte de lo ahorrado.\n\nLo que el cálculo no sabe: la compra y el vertido dentro de los mismos cinco minutos se anulan; donde nada se midió nada se cuenta, y se supone que la batería hizo lo mismo en ambos cursos; donde ninguna fuente da precio o intensidad, valen los fijos de las opciones. Un aparato o una luz que otra persona ajustó queda como estaba. Mientras HyperVolt solo aconseja, las cifras dicen lo que habría ahorrado seguir su consejo para la batería, y se llevan aparte de lo ahorrado de verdad.\n\nCada entrada lleva una huella criptográfica de sí misma y de la entrada anterior, de modo que un cambio posterior se nota.",
  },
};
