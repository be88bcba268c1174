/** Words that mean one thing only, wherever they come alone. */
export const STOP_WORDS: readonly string[] = [
  // English, as carriers know them
  ...['STOP', 'STOPALL', 'STOP ALL', 'UNSUBSCRIBE', 'OPTOUT', 'OPT OUT', 'REMOVE ME'],
  // Portuguese
  ...['PARE', 'PARAR', 'PARAR TUDO', 'PARE DE ENVIAR', 'DESCADASTRAR', 'DESCADASTRE', 'DESINSCREVER'],
  ...['SAIR DA LISTA', 'CANCELAR INSCRIÇÃO', 'NÃO ENVIAR MAIS', 'NÃO QUERO RECEBER'],
  // Spanish
  ...['BAJA', 'DAR DE BAJA', 'DARME DE BAJA', 'DARSE DE BAJA', 'DESUSCRIBIR', 'DESUSCRIBIRME'],
  ...['CANCELAR SUSCRIPCIÓN', 'NO ENVIAR MÁS', 'NO QUIERO RECIBIR'],
]

/** Words that may also answer a question, such as whether an appointment is to be cancelled. */
export const AMBIGUOUS_STOP_WORDS: readonly string[] = [
  ...['CANCEL', 'END', 'QUIT', 'REVOKE', 'REMOVE'],
  ...['SAIR', 'CANCELAR', 'CANCELE', 'FIM'],
  ...['ALTO', 'SALIR', 'CANCELA', 'FIN'],
]

/** They count only from somebody who has said stop before: to everybody else they are words like any other. */
export const START_WORDS: readonly string[] = [
  ...['START', 'UNSTOP', 'SUBSCRIBE', 'RESUME', 'OPT IN'],
  ...['VOLTAR', 'INICIAR', 'REATIVAR', 'CADASTRAR', 'QUERO RECEBER'],
  ...['ALTA', 'DAR DE ALTA', 'DARME DE ALTA', 'SUSCRIBIR', 'REANUDAR', 'QUIERO RECIBIR'],
]
