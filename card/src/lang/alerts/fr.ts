import type { AlertWords } from "./alert-words.ts";

export const fr: AlertWords = {
  alerts: {
    "dependency-down": ["En panne : {name}", "{detail}", "{todo}"],
    "dependency-degraded": ["Perturbé : {name}", "{detail}", "{todo}"],
    "sensor-unavailable": [
      "{name} est injoignable",
      "Son émetteur le dit, ou sa dernière mesure a expiré.",
      "Vérifiez son alimentation et son réseau.",
    ],
    "sensor-silent": [
      "{name} s’est tu",
      "Une valeur venait toutes les {usual_s} ; plus rien depuis {quiet_s}.",
      "Vérifiez son alimentation et son réseau ; mettez son rôle sur « ignorer » s’il n’existe plus.",
    ],
    "sensor-stuck": [
      "{name} semble bloqué",
      "Exactement {value} {unit} depuis {still_s}, {count} fois de suite.",
      "Redémarrez le compteur ou sa passerelle ; d’ici là, sa valeur n’est pas prise en compte.",
    ],
    "sensor-odd": [
      "{name} est inhabituel",
      "{value} {unit} ; à cette heure, c’était jusqu’ici entre {low} et {high} {unit}.",
      "",
    ],
    "energy-balance": [
      "Le compte d’énergie n’y est pas",
      "Soleil, réseau et batterie diffèrent de la consommation de {gap_w}, et aucun compteur ne l’explique à lui seul.",
      "Vérifiez sur la page des capteurs lequel mesure le réseau, le soleil, la batterie et la consommation.",
    ],
    "energy-balance-sign": [
      "Le compte d’énergie n’y est pas",
      "Soleil, réseau et batterie diffèrent de la consommation de {gap_w}. Le compte y serait si ce compteur comptait à l’envers : {meter}.",
      "Inversez son signe, ou choisissez le capteur qui a le bon.",
    ],
    "energy-balance-kilo": [
      "Le compte d’énergie n’y est pas",
      "Soleil, réseau et batterie diffèrent de la consommation de {gap_w}. Le compte y serait si ce compteur donnait des kW au lieu de W : {meter}.",
      "Corrigez son unité, ou mettez son facteur à 1 000.",
    ],
    "energy-balance-milli": [
      "Le compte d’énergie n’y est pas",
      "Soleil, réseau et batterie diffèrent de la consommation de {gap_w}. Le compte y serait si ce compteur donnait des mW ou mille fois trop : {meter}.",
      "Corrigez son unité, ou mettez son facteur à 0,001.",
    ],
    "energy-balance-twice": [
      "Le compte d’énergie n’y est pas",
      "Soleil, réseau et batterie diffèrent de la consommation de {gap_w}. Le compte y serait si ce compteur était compté deux fois : {meter}.",
      "Retirez l’un des capteurs qui ont ce rôle.",
    ],
    "energy-balance-half": [
      "Le compte d’énergie n’y est pas",
      "Soleil, réseau et batterie diffèrent de la consommation de {gap_w}. Le compte y serait si ce compteur ne voyait que la moitié : {meter}.",
      "Cherchez un deuxième capteur du même genre, par exemple d’une autre phase ou d’un autre onduleur.",
    ],
    "energy-balance-left-out": [
      "Le compte d’énergie n’y est pas",
      "Soleil, réseau et batterie diffèrent de la consommation de {gap_w}. Le compte y serait si le compteur de consommation omettait ce que compte celui-ci : {meter}.",
      "Choisissez un capteur de consommation qui compte toute la maison, ou aucun : HyperVolt la calcule alors.",
    ],
    "charge-unknown": [
      "On ignore la charge de la batterie {battery}",
      "Le plan la laisse de côté tant que sa charge n’est pas connue.",
      "Dites quel capteur la montre, sur la page de configuration ou comme soc_sensor dans les options, et vérifiez qu’il répond.",
    ],
    "battery-not-allowed": [
      "La batterie {battery} n’est pas pilotée",
      "HyperVolt n’a pas le droit d’agir sur : {entities}.",
      "Autorisez-le sur la page de configuration, ou nommez-le dans allowed_entities des options.",
    ],
    "battery-not-switchable": [
      "La batterie {battery} n’est pas pilotée",
      "HyperVolt n’agit que sur des interrupteurs et des lumières, et ce n’est ni l’un ni l’autre : {entities}.",
      "Nommez l’interrupteur lui-même, ou créez un interrupteur modèle.",
    ],
    "transfer-not-allowed": [
      "L’inverseur de source n’est pas utilisé",
      "HyperVolt n’a pas le droit d’agir sur : {entities}.",
      "Autorisez-le sur la page de configuration, ou nommez-le dans allowed_entities des options.",
    ],
    "transfer-not-switchable": [
      "L’inverseur de source n’est pas utilisé",
      "HyperVolt n’agit que sur des interrupteurs et des lumières, et ce n’est ni l’un ni l’autre : {entities}.",
      "Nommez l’interrupteur lui-même, ou créez un interrupteur modèle.",
    ],
    "transfer-one-source": [
      "L’inverseur de source n’est pas utilisé",
      "Une seule source est nommée : {entities}.",
      "Nommez l’interrupteur d’une deuxième source sur la page de configuration.",
    ],
    "plan-missing": [
      "Il n’y a pas encore de plan",
      "HyperVolt tourne depuis {ran_s} sans plan.",
      "Un nouvel essai a lieu toutes les quelques minutes. Si cela dure, redémarrez HyperVolt : son journal dit pourquoi.",
    ],
    "plan-missing-waiting": [
      "Il n’y a pas encore de plan",
      "HyperVolt tourne depuis {ran_s} sans plan.",
      "Il attend : {missing}.",
    ],
    "plan-stale": [
      "Le plan est ancien",
      "Fait il y a {age_s}, il vaut jusqu’à ce qu’un meilleur soit trouvé.",
      "Un nouvel essai a lieu toutes les quelques minutes. Si cela dure, redémarrez HyperVolt : son journal dit pourquoi.",
    ],
    "plan-stale-waiting": [
      "Le plan est ancien",
      "Fait il y a {age_s}, il vaut jusqu’à ce qu’un meilleur soit trouvé.",
      "Il attend : {missing}.",
    ],
    "forecast-off": [
      "La prévision est loin du compte : {signal}",
      "Sur {span_s}, elle s’est trompée de {error} {unit} en moyenne ; d’ordinaire, c’est {usual}.",
      "Rien : HyperVolt refait son plan avec ce qu’il voit. S’il y a des invités ou un nouvel appareil, il l’apprend en quelques jours.",
    ],
    "action-failed": [
      "{name} ne fait pas ce qui lui est demandé",
      "Dernières actions échouées : {count}. {why}",
      "Essayez depuis Home Assistant ; HyperVolt le laisse tranquille jusqu’à ce qu’il réponde de nouveau.",
    ],
    "messages-refused": [
      "Des messages n’ont pas été pris",
      "{count} jusqu’ici ({reason}) ; le dernier sur {topic} : {detail}",
      "Corrigez l’émetteur de ce sujet.",
    ],
    "device-attention": ["Un appareil demande votre attention", "{detail}", ""],
    "home-issue": ["Votre maison", "{detail}", ""],
    "forecast-part": ["Prévisions", "{detail}", ""],
    learned: ["Appris cette nuit", "{detail}", ""],
  },
  methods: {
    "other-course-1":
      "Toutes les cinq minutes, HyperVolt compare ce que votre compteur a compté à ce qu’il aurait compté dans la même maison sans HyperVolt : les mêmes personnes, le même soleil, la même météo, une batterie qui suit simplement la maison (elle se charge du surplus et couvre ce qui est consommé), des appareils qui démarrent dès que leur créneau s’ouvre, et des lumières à pleine puissance.\n\nCe qui est mesuré est pris tel quel. Une charge déplacée ne compte qu’une fois qu’elle a vraiment tourné, avec l’énergie qu’elle a vraiment consommée, aux prix et à l’intensité carbone du moment où elle aurait tourné. La batterie de l’autre cours est simulée avec la capacité, les limites et les pertes que vous avez indiquées.\n\nLe coût est l’énergie achetée à son prix, moins l’énergie vendue au sien. Le carbone est l’énergie achetée multipliée par l’intensité du réseau à ce moment et à cet endroit ; l’électricité vendue ne donne aucun crédit carbone. Une économie peut être négative, et elle est alors montrée comme telle.\n\nL’énergie dans la batterie compte quand elle est utilisée, pas avant : une batterie chargée cette nuit ressemble d’abord à une perte, une batterie vidée à un gain. Ce qu’elle contient maintenant de plus que sans HyperVolt est donc montré à côté des économies comme pas encore compté, à la valeur de ce que l’électricité du réseau a coûté et causé en moyenne le dernier jour, pertes de la batterie déduites ; c’est une estimation, qui ne fait jamais partie de ce qui est économisé.\n\nCe que le calcul ignore : achat et vente dans les mêmes cinq minutes s’annulent ; là où rien n’a été mesuré, rien n’est compté, et la batterie est supposée avoir fait de même dans les deux cours ; là où aucune source ne donne de prix ou d’intensité, les valeurs fixes des options s’appliquent. Un appareil ou une lumière réglés par quelqu’un d’autre restent comme ils étaient. Tant que HyperVolt ne fait que conseiller, les chiffres disent ce qu’aurait économisé le suivi de son conseil pour la batterie, et sont tenus à part de ce qui a vraiment été économisé.\n\nChaque entrée porte une empreinte cryptographique d’elle-même et de l’entrée précédente, de sorte qu’une modification ultérieure se voit.",
  },
};
