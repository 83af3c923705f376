import { ChatError } from '@parley/client'
import { expect, test } from 'vitest'
import { codeOf } from '../dialogs/invite-code.ts'
import { checkPassword, checkUsername, signInErrors } from './sign-in-errors.ts'

const FIELDS = ['username', 'displayName', 'password'] as const

test('a wrong password is told at the password, a taken name at the name', () => {
  const wrong = new ChatError({ code: 'AUTH_INVALID', message: '' })
  expect(signInErrors(wrong, FIELDS)).toHaveProperty('password')
  const taken = new ChatError({ code: 'CONFLICT', message: '' })
  expect(signInErrors(taken, FIELDS)).toHaveProperty('username')
})

test('what the server found wrong in a field is told at that field', () => {
  const details = [{ path: 'displayName', problem: 'must not be blank' }]
  const error = new ChatError({ code: 'INVALID', message: '', details })
  expect(signInErrors(error, FIELDS)).toHaveProperty('displayName')
  expect(signInErrors(error, ['username'])).toHaveProperty('form')
})

test('what belongs to no field is told for the form', () => {
  const busy = new ChatError({ code: 'SERVER_BUSY', message: '' })
  expect(signInErrors(busy, FIELDS)).toHaveProperty('form')
  expect(signInErrors(new TypeError('no network'), FIELDS)).toHaveProperty('form')
})

test('names and passwords are checked before anything is sent', () => {
  expect(checkUsername('anna.lee')).toEqual({})
  expect(checkUsername('a')).toHaveProperty('username')
  expect(checkUsername('no blanks')).toHaveProperty('username')
  expect(checkPassword('1234567')).toHaveProperty('password')
  expect(checkPassword('12345678')).toEqual({})
})

test('an invite is read from a code and from any link that ends with it', () => {
  const code = 'AbCdEfGhIjKlMnOpQrStU_'
  expect(codeOf(` ${code} `)).toBe(code)
  expect(codeOf(`https://chat.example.com/#/invite/${code}`)).toBe(code)
  expect(codeOf(`https://chat.example.com/?invite=${code}`)).toBe(code)
  expect(codeOf('https://chat.example.com/')).toBeNull()
  expect(codeOf('')).toBeNull()
})
