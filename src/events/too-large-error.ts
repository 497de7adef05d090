/** What a subscriber throws for an event that is too large for where it goes, however it is sent: no outage, and no retry helps. */
export class TooLargeError extends Error {}
