import type { Identity } from './protection/contract.ts'

export interface Room {
  readonly id: number
  readonly name: string
}

export interface ListedRoom extends Room {
  readonly members: number
}

export interface Message {
  readonly seq: number
  readonly from: string
  readonly text: string
  /** Milliseconds since 1970. */
  readonly at: number
}

export interface Direct {
  /** Counts all direct messages of the server. */
  readonly no: number
  readonly from: string
  readonly to: string
  readonly text: string
  readonly at: number
}

export interface NewMessage {
  readonly roomId: number
  readonly userId: number
  readonly text: string
  readonly at: number
}

export interface NewDirect {
  readonly fromId: number
  readonly toId: number
  readonly text: string
  readonly at: number
}

export interface Membership {
  readonly roomId: number
  readonly userId: number
}

/** A part of a list: what is before or after a number, the newest first or the oldest first. */
export interface Page {
  readonly before?: number | undefined
  readonly after?: number | undefined
  readonly limit: number
}

export interface UserStore {
  /** Undefined when the name is taken. */
  addUser(name: string, passwordHash: string): Promise<Identity | undefined>
  findUser(name: string): Promise<(Identity & { readonly passwordHash: string }) | undefined>
}

export interface RoomStore {
  /** Undefined when the name is taken. The owner is its first member. */
  addRoom(name: string, ownerId: number): Promise<Room | undefined>
  findRoom(name: string): Promise<Room | undefined>
  rooms(after: string, limit: number): Promise<readonly ListedRoom[]>
  isMember(membership: Membership): Promise<boolean>
  /** All of them, with the counts of their rooms, or none. */
  join(memberships: readonly Membership[]): Promise<void>
  leave(membership: Membership): Promise<void>
}

export interface MessageStore {
  /** All of them or none; gives each its number in its room, in the order in which they came. */
  addMessages(messages: readonly NewMessage[]): Promise<readonly number[]>
  messages(roomId: number, page: Page): Promise<readonly Message[]>
}

export interface DirectStore {
  addDirects(directs: readonly NewDirect[]): Promise<readonly number[]>
  directsBetween(userId: number, otherId: number, page: Page): Promise<readonly Direct[]>
  directsFor(userId: number, limit: number): Promise<readonly Direct[]>
  markDelivered(numbers: readonly number[]): Promise<void>
}

/** What outlives the process. */
export interface Store extends UserStore, RoomStore, MessageStore, DirectStore {
  isUp(): Promise<boolean>
}
