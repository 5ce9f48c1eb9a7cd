/** What the page of metrics says, beside what is seen. */
export const monitor = {
  requests: { 'chat_command_duration_seconds_count{type="say"}': 'chat say' },
  counts: { 'chat_messages_received_total{door="ws"}': 'ws.sent', 'chat_messages_received_total{door="tcp"}': 'tcp.sent' },
  latency: { 'chat_command_duration_seconds{type="say"}': 'chat say' },
}

/** What the server promises of its alerts: within 5 s, and 10 s after the end. */
export const alerts = {
  ErrorsHigh: { during: 'down(db)', raisedWithin: '5s', clearedWithin: '10s' },
  MessagesWaiting: { when: 'app.chat_messages_waiting > 2500 for 3s', raisedWithin: '5s', clearedWithin: '10s' },
  ConnectionsHigh: { when: 'app.chat_connections > 8500 for 3s', raisedWithin: '5s', clearedWithin: '10s' },
}
