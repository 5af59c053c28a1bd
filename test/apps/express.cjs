'use strict'
process.env.NODE_ENV = 'development'
const { host } = require('./host.cjs')
const express = require(process.argv[2])
const { cases } = require('./cases/express.cjs')

const debugMiddleware =
  process.env.THROWPOINT_TEST === 'on' ? require('@throwpoint/express').debugMiddleware : undefined

host({ cases, debugMiddleware, createApp: express, listenerOf: (app) => app, tools: { express } })
