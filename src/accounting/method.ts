/** How the ledger's figures come about, for a person who asks. */
export const METHOD = [
  "Every five minutes HyperVolt compares what your meter counted with what it would have counted in the same home without HyperVolt: the same people, sun and weather, a battery that simply follows the house (charges from surplus, covers what is used), appliances that start when their time window opens, and lights at full brightness.",
  "What is measured is taken as measured. A load that was moved is counted only after it has really run, with the energy it really used, at the prices and the carbon intensity of the time it would have run at. The battery of the other course is simulated with the capacity, limits and losses you gave.",
  "Cost is import at its price less export at its price. Carbon is what was imported times the grid's intensity at that time and place; electricity you export earns no carbon credit. Savings can be negative, and are shown when they are.",
  "What it does not know: energy that lies in the battery counts when it is used, not before; import and export within the same five minutes cancel out; where nothing was measured nothing is counted. While HyperVolt only advises, the figures say what following its advice would have saved, and are kept apart from what was saved in truth.",
  "Each entry carries a cryptographic hash of itself and of the entry before it, so that a later change shows.",
].join("\n\n");
