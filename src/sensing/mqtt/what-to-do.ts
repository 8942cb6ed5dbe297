const UNTRUSTED = /self.signed|unable to (verify|get)|issuer/i;

export const TAKEN_OVER = "another client signed in under HyperVolt's client id";
export const KEEPS_BREAKING = "the connection breaks again and again as soon as it is made";

/** What a person can do about a broker that does not let us in, by the reason it or TLS gave. */
export function whatToDo(why: string): string {
  if (why === TAKEN_OVER) return "A second HyperVolt may use this broker: end one of them.";
  if (why.startsWith(KEEPS_BREAKING))
    return "A second HyperVolt may use this broker: end one of them. Else the broker's log says why: a limit on queued messages or their size, a rule for its users, or a fault that a newer version of it mends.";
  if (/user name|password|not authori[sz]ed/i.test(why))
    return "Check the broker's user name and password in the options.";
  if (/altnames|does not match certificate/i.test(why))
    return "The broker's certificate is for another name: use a name that it lists in the broker's address.";
  if (/expired|not yet valid/i.test(why))
    return "Renew the broker's certificate, or check the clocks of both machines.";
  if (UNTRUSTED.test(why))
    return "Nobody known vouches for the broker's certificate: name the file of its authority in mqtt_ca_file.";
  if (/certificate file/.test(why)) return "Check the path in mqtt_ca_file, and that it is a certificate in PEM form.";
  if (/wrong version number|EPROTO|packet length too long/i.test(why))
    return "That port does not speak TLS: use mqtt:// in the broker's address, or the port for mqtts.";
  return "Check that the broker runs and that its address in the options is right.";
}
