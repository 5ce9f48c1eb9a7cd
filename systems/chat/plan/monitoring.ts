/** What the page of metrics says, beside what is seen. */
export const monitor = {
  requests: {
    // Over all doors: in most tests nobody comes by TCP.
    chat_messages_received_total: 'chat *',
    'chat_command_duration_seconds_count{type="say"}': 'chat say',
  },
  latency: { 'chat_command_duration_seconds{type="say"}': 'chat say' },
}

const soon = { raisedWithin: '5s', clearedWithin: '10s' }

/** What the server promises of its alerts: within 5 s, and 10 s after the end. Whatever makes requests fail is a reason: a database that is away, and a disk that is full. */
export const alerts = {
  ErrorsHigh: { when: 'app.chat_failed_share > 0.05', ...soon },
  MessagesWaiting: { when: 'app.chat_messages_waiting > 2500 for 3s', ...soon },
  ConnectionsHigh: { when: 'app.chat_connections > 8500 for 3s', ...soon },
}
