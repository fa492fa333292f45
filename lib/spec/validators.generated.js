// Made from spec-schemas/ by `npm run generate`; do not edit.
"use strict";
export const validateConfig = validate21;

function validate24(data){
if(typeof data !== "string"){
return false;
}
return true;
}


function validate22(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((data.path === undefined)){
return false;
}
else {
if(data.path !== undefined){
if(!(validate24(data.path))){
return false;
}
}
{
if(data.readonly !== undefined){
if(typeof data.readonly !== "boolean"){
return false;
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate30(data){
{
if(Array.isArray(data)){
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
if(typeof data[i0] !== "string"){
return false;
}
}
}
else {
return false;
}
}
return true;
}


function validate33(data){
if(!Number.isInteger(data)){
return false;
}
{
{
if(data > 4294967295){
return false;
}
else {
if(data < 0){
return false;
}
}
}
}
return true;
}


function validate32(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((((data.containerID === undefined)) || ((data.hostID === undefined))) || ((data.size === undefined))){
return false;
}
else {
if(data.containerID !== undefined){
if(!(validate33(data.containerID))){
return false;
}
}
{
if(data.hostID !== undefined){
if(!(validate33(data.hostID))){
return false;
}
}
{
if(data.size !== undefined){
if(!(validate33(data.size))){
return false;
}
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate27(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((data.destination === undefined)){
return false;
}
else {
if(data.destination !== undefined){
if(!(validate24(data.destination))){
return false;
}
}
{
if(data.source !== undefined){
if(!(validate24(data.source))){
return false;
}
}
{
if(data.type !== undefined){
if(typeof data.type !== "string"){
return false;
}
}
{
if(data.options !== undefined){
if(!(validate30(data.options))){
return false;
}
}
{
if(data.uidMappings !== undefined){
let data4 = data.uidMappings;
{
if(Array.isArray(data4)){
const len0 = data4.length;
for(let i0=0; i0<len0; i0++){
if(!(validate32(data4[i0]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.gidMappings !== undefined){
let data6 = data.gidMappings;
{
if(Array.isArray(data6)){
const len1 = data6.length;
for(let i1=0; i1<len1; i1++){
if(!(validate32(data6[i1]))){
return false;
}
}
}
else {
return false;
}
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate42(data){
if(!Number.isInteger(data)){
return false;
}
{
{
if(data > 18446744073709552000){
return false;
}
else {
if(data < 0){
return false;
}
}
}
}
return true;
}


function validate41(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(((data.height === undefined)) || ((data.width === undefined))){
return false;
}
else {
if(data.height !== undefined){
if(!(validate42(data.height))){
return false;
}
}
{
if(data.width !== undefined){
if(!(validate42(data.width))){
return false;
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate46(data){
{
if(Array.isArray(data)){
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
if(typeof data[i0] !== "string"){
return false;
}
}
}
else {
return false;
}
}
return true;
}


function validate50(data){
if(!Number.isInteger(data)){
return false;
}
{
{
if(data > 4294967295){
return false;
}
else {
if(data < 0){
return false;
}
}
}
}
return true;
}


function validate54(data){
{
if(Array.isArray(data)){
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
if(!(validate33(data[i0]))){
return false;
}
}
}
else {
return false;
}
}
return true;
}


function validate49(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.uid !== undefined){
if(!(validate50(data.uid))){
return false;
}
}
{
if(data.gid !== undefined){
if(!(validate50(data.gid))){
return false;
}
}
{
if(data.umask !== undefined){
if(!(validate50(data.umask))){
return false;
}
}
{
if(data.additionalGids !== undefined){
if(!(validate54(data.additionalGids))){
return false;
}
}
{
if(data.username !== undefined){
if(typeof data.username !== "string"){
return false;
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate58(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.bounding !== undefined){
if(!(validate46(data.bounding))){
return false;
}
}
{
if(data.effective !== undefined){
if(!(validate46(data.effective))){
return false;
}
}
{
if(data.inheritable !== undefined){
if(!(validate46(data.inheritable))){
return false;
}
}
{
if(data.permitted !== undefined){
if(!(validate46(data.permitted))){
return false;
}
}
{
if(data.ambient !== undefined){
if(!(validate46(data.ambient))){
return false;
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}

const pattern0 = new RegExp("^RLIMIT_[A-Z]+$", "u");

function validate66(data){
if(!Number.isInteger(data)){
return false;
}
{
{
if(data > 18446744073709552000){
return false;
}
else {
if(data < 0){
return false;
}
}
}
}
return true;
}


function validate65(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((((data.type === undefined)) || ((data.soft === undefined))) || ((data.hard === undefined))){
return false;
}
else {
if(data.type !== undefined){
let data0 = data.type;
{
if(typeof data0 === "string"){
if(!pattern0.test(data0)){
return false;
}
}
else {
return false;
}
}
}
{
if(data.soft !== undefined){
if(!(validate66(data.soft))){
return false;
}
}
{
if(data.hard !== undefined){
if(!(validate66(data.hard))){
return false;
}
}
}
}
}
}
else {
return false;
}
}
return true;
}

const schema25 = {"type":"string","enum":["SCHED_OTHER","SCHED_FIFO","SCHED_RR","SCHED_BATCH","SCHED_ISO","SCHED_IDLE","SCHED_DEADLINE"]};

function validate71(data){
if(typeof data !== "string"){
return false;
}
if(!(((((((data === "SCHED_OTHER") || (data === "SCHED_FIFO")) || (data === "SCHED_RR")) || (data === "SCHED_BATCH")) || (data === "SCHED_ISO")) || (data === "SCHED_IDLE")) || (data === "SCHED_DEADLINE"))){
return false;
}
return true;
}


function validate73(data){
if(!Number.isInteger(data)){
return false;
}
{
{
if(data > 2147483647){
return false;
}
else {
if(data < -2147483648){
return false;
}
}
}
}
return true;
}

const schema27 = {"type":"string","enum":["SCHED_FLAG_RESET_ON_FORK","SCHED_FLAG_RECLAIM","SCHED_FLAG_DL_OVERRUN","SCHED_FLAG_KEEP_POLICY","SCHED_FLAG_KEEP_PARAMS","SCHED_FLAG_UTIL_CLAMP_MIN","SCHED_FLAG_UTIL_CLAMP_MAX"]};

function validate76(data){
if(typeof data !== "string"){
return false;
}
if(!(((((((data === "SCHED_FLAG_RESET_ON_FORK") || (data === "SCHED_FLAG_RECLAIM")) || (data === "SCHED_FLAG_DL_OVERRUN")) || (data === "SCHED_FLAG_KEEP_POLICY")) || (data === "SCHED_FLAG_KEEP_PARAMS")) || (data === "SCHED_FLAG_UTIL_CLAMP_MIN")) || (data === "SCHED_FLAG_UTIL_CLAMP_MAX"))){
return false;
}
return true;
}


function validate70(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((data.policy === undefined)){
return false;
}
else {
if(data.policy !== undefined){
if(!(validate71(data.policy))){
return false;
}
}
{
if(data.nice !== undefined){
if(!(validate73(data.nice))){
return false;
}
}
{
if(data.priority !== undefined){
if(!(validate73(data.priority))){
return false;
}
}
{
if(data.flags !== undefined){
let data3 = data.flags;
{
if(Array.isArray(data3)){
const len0 = data3.length;
for(let i0=0; i0<len0; i0++){
if(!(validate76(data3[i0]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.runtime !== undefined){
if(!(validate66(data.runtime))){
return false;
}
}
{
if(data.deadline !== undefined){
if(!(validate66(data.deadline))){
return false;
}
}
{
if(data.period !== undefined){
if(!(validate66(data.period))){
return false;
}
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}

const schema29 = {"type":"string","enum":["IOPRIO_CLASS_RT","IOPRIO_CLASS_BE","IOPRIO_CLASS_IDLE"]};

function validate83(data){
if(typeof data !== "string"){
return false;
}
if(!(((data === "IOPRIO_CLASS_RT") || (data === "IOPRIO_CLASS_BE")) || (data === "IOPRIO_CLASS_IDLE"))){
return false;
}
return true;
}


function validate82(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((data.class === undefined)){
return false;
}
else {
if(data.class !== undefined){
if(!(validate83(data.class))){
return false;
}
}
{
if(data.priority !== undefined){
if(!(validate73(data.priority))){
return false;
}
}
}
}
}
else {
return false;
}
}
return true;
}

const pattern1 = new RegExp("^[0-9, -]*$", "u");

function validate87(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.initial !== undefined){
let data0 = data.initial;
{
if(typeof data0 === "string"){
if(!pattern1.test(data0)){
return false;
}
}
else {
return false;
}
}
}
{
if(data.final !== undefined){
let data1 = data.final;
{
if(typeof data1 === "string"){
if(!pattern1.test(data1)){
return false;
}
}
else {
return false;
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate40(data){
/*# sourceURL="config-process.json" */;
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((data.cwd === undefined)){
return false;
}
else {
if(data.terminal !== undefined){
if(typeof data.terminal !== "boolean"){
return false;
}
}
{
if(data.consoleSize !== undefined){
if(!(validate41(data.consoleSize))){
return false;
}
}
{
if(data.cwd !== undefined){
if(typeof data.cwd !== "string"){
return false;
}
}
{
if(data.env !== undefined){
if(!(validate46(data.env))){
return false;
}
}
{
if(data.args !== undefined){
if(!(validate46(data.args))){
return false;
}
}
{
if(data.commandLine !== undefined){
if(typeof data.commandLine !== "string"){
return false;
}
}
{
if(data.user !== undefined){
if(!(validate49(data.user))){
return false;
}
}
{
if(data.capabilities !== undefined){
if(!(validate58(data.capabilities))){
return false;
}
}
{
if(data.rlimits !== undefined){
let data8 = data.rlimits;
{
if(Array.isArray(data8)){
const len0 = data8.length;
for(let i0=0; i0<len0; i0++){
if(!(validate65(data8[i0]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.noNewPrivileges !== undefined){
if(typeof data.noNewPrivileges !== "boolean"){
return false;
}
}
{
if(data.apparmorProfile !== undefined){
if(typeof data.apparmorProfile !== "string"){
return false;
}
}
{
if(data.selinuxLabel !== undefined){
if(typeof data.selinuxLabel !== "string"){
return false;
}
}
{
if(data.oomScoreAdj !== undefined){
let data13 = data.oomScoreAdj;
if(!Number.isInteger(data13)){
return false;
}
}
{
if(data.scheduler !== undefined){
if(!(validate70(data.scheduler))){
return false;
}
}
{
if(data.ioPriority !== undefined){
if(!(validate82(data.ioPriority))){
return false;
}
}
{
if(data.execCPUAffinity !== undefined){
if(!(validate87(data.execCPUAffinity))){
return false;
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate91(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((data.path === undefined)){
return false;
}
else {
if(data.path !== undefined){
if(!(validate24(data.path))){
return false;
}
}
{
if(data.args !== undefined){
if(!(validate30(data.args))){
return false;
}
}
{
if(data.env !== undefined){
if(!(validate30(data.env))){
return false;
}
}
{
if(data.timeout !== undefined){
let data3 = data.timeout;
if(!Number.isInteger(data3)){
return false;
}
{
{
if(data3 < 1){
return false;
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate90(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.prestart !== undefined){
let data0 = data.prestart;
{
if(Array.isArray(data0)){
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
if(!(validate91(data0[i0]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.createRuntime !== undefined){
let data2 = data.createRuntime;
{
if(Array.isArray(data2)){
const len1 = data2.length;
for(let i1=0; i1<len1; i1++){
if(!(validate91(data2[i1]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.createContainer !== undefined){
let data4 = data.createContainer;
{
if(Array.isArray(data4)){
const len2 = data4.length;
for(let i2=0; i2<len2; i2++){
if(!(validate91(data4[i2]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.startContainer !== undefined){
let data6 = data.startContainer;
{
if(Array.isArray(data6)){
const len3 = data6.length;
for(let i3=0; i3<len3; i3++){
if(!(validate91(data6[i3]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.poststart !== undefined){
let data8 = data.poststart;
{
if(Array.isArray(data8)){
const len4 = data8.length;
for(let i4=0; i4<len4; i4++){
if(!(validate91(data8[i4]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.poststop !== undefined){
let data10 = data.poststop;
{
if(Array.isArray(data10)){
const len5 = data10.length;
for(let i5=0; i5<len5; i5++){
if(!(validate91(data10[i5]))){
return false;
}
}
}
else {
return false;
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate102(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(typeof data[key0] !== "string"){
return false;
}
}
}
else {
return false;
}
}
return true;
}

const schema36 = {"type":"string","enum":["pid","network","mount","ipc","uts","user","cgroup","time"]};

function validate106(data){
if(typeof data !== "string"){
return false;
}
if(!((((((((data === "pid") || (data === "network")) || (data === "mount")) || (data === "ipc")) || (data === "uts")) || (data === "user")) || (data === "cgroup")) || (data === "time"))){
return false;
}
return true;
}


function validate108(data){
if(typeof data !== "string"){
return false;
}
return true;
}


function validate105(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((data.type === undefined)){
return false;
}
else {
if(data.type !== undefined){
if(!(validate106(data.type))){
return false;
}
}
{
if(data.path !== undefined){
if(!(validate108(data.path))){
return false;
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate111(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((((data.containerID === undefined)) || ((data.hostID === undefined))) || ((data.size === undefined))){
return false;
}
else {
if(data.containerID !== undefined){
if(!(validate33(data.containerID))){
return false;
}
}
{
if(data.hostID !== undefined){
if(!(validate33(data.hostID))){
return false;
}
}
{
if(data.size !== undefined){
if(!(validate33(data.size))){
return false;
}
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate119(data){
if(!Number.isInteger(data)){
return false;
}
{
{
if(data > 9223372036854776000){
return false;
}
else {
if(data < -9223372036854776000){
return false;
}
}
}
}
return true;
}


function validate121(data){
if(!Number.isInteger(data)){
return false;
}
{
{
if(data > 4294967295){
return false;
}
else {
if(data < 0){
return false;
}
}
}
}
return true;
}


function validate118(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.secs !== undefined){
if(!(validate119(data.secs))){
return false;
}
}
{
if(data.nanosecs !== undefined){
if(!(validate121(data.nanosecs))){
return false;
}
}
}
}
else {
return false;
}
}
return true;
}


function validate117(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.monotonic !== undefined){
if(!(validate118(data.monotonic))){
return false;
}
}
{
if(data.boottime !== undefined){
if(!(validate118(data.boottime))){
return false;
}
}
}
}
else {
return false;
}
}
return true;
}

const schema44 = {"type":"string","enum":["c","b","u","p"]};

function validate127(data){
if(typeof data !== "string"){
return false;
}
if(!((((data === "c") || (data === "b")) || (data === "u")) || (data === "p"))){
return false;
}
return true;
}


function validate130(data){
if(!Number.isInteger(data)){
return false;
}
{
{
if(data > 9223372036854776000){
return false;
}
else {
if(data < -9223372036854776000){
return false;
}
}
}
}
return true;
}


function validate126(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(((data.type === undefined)) || ((data.path === undefined))){
return false;
}
else {
if(data.type !== undefined){
if(!(validate127(data.type))){
return false;
}
}
{
if(data.path !== undefined){
if(!(validate108(data.path))){
return false;
}
}
{
if(data.major !== undefined){
if(!(validate130(data.major))){
return false;
}
}
{
if(data.minor !== undefined){
if(!(validate130(data.minor))){
return false;
}
}
{
if(data.fileMode !== undefined){
let data4 = data.fileMode;
if(!Number.isInteger(data4)){
return false;
}
{
{
if(data4 > 65535){
return false;
}
else {
if(data4 < 0){
return false;
}
}
}
}
}
{
if(data.uid !== undefined){
if(!(validate121(data.uid))){
return false;
}
}
{
if(data.gid !== undefined){
if(!(validate121(data.gid))){
return false;
}
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate136(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.name !== undefined){
if(typeof data.name !== "string"){
return false;
}
}
}
else {
return false;
}
}
return true;
}


function validate140(data){
if(!Number.isInteger(data)){
return false;
}
{
{
if(data > 9223372036854776000){
return false;
}
else {
if(data < -9223372036854776000){
return false;
}
}
}
}
return true;
}


function validate139(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((data.allow === undefined)){
return false;
}
else {
if(data.allow !== undefined){
if(typeof data.allow !== "boolean"){
return false;
}
}
{
if(data.type !== undefined){
if(typeof data.type !== "string"){
return false;
}
}
{
if(data.major !== undefined){
if(!(validate140(data.major))){
return false;
}
}
{
if(data.minor !== undefined){
if(!(validate140(data.minor))){
return false;
}
}
{
if(data.access !== undefined){
if(typeof data.access !== "string"){
return false;
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate145(data){
if(!Number.isInteger(data)){
return false;
}
{
{
if(data > 9223372036854776000){
return false;
}
else {
if(data < -9223372036854776000){
return false;
}
}
}
}
return true;
}


function validate151(data){
if(!Number.isInteger(data)){
return false;
}
{
{
if(data > 18446744073709552000){
return false;
}
else {
if(data < 0){
return false;
}
}
}
}
return true;
}


function validate144(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.limit !== undefined){
if(!(validate145(data.limit))){
return false;
}
}
{
if(data.reservation !== undefined){
if(!(validate145(data.reservation))){
return false;
}
}
{
if(data.swap !== undefined){
if(!(validate145(data.swap))){
return false;
}
}
{
if(data.kernel !== undefined){
if(!(validate145(data.kernel))){
return false;
}
}
{
if(data.kernelTCP !== undefined){
if(!(validate145(data.kernelTCP))){
return false;
}
}
{
if(data.swappiness !== undefined){
if(!(validate151(data.swappiness))){
return false;
}
}
{
if(data.disableOOMKiller !== undefined){
if(typeof data.disableOOMKiller !== "boolean"){
return false;
}
}
{
if(data.useHierarchy !== undefined){
if(typeof data.useHierarchy !== "boolean"){
return false;
}
}
{
if(data.checkBeforeUpdate !== undefined){
if(typeof data.checkBeforeUpdate !== "boolean"){
return false;
}
}
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate154(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.shares !== undefined){
if(!(validate151(data.shares))){
return false;
}
}
{
if(data.quota !== undefined){
if(!(validate145(data.quota))){
return false;
}
}
{
if(data.burst !== undefined){
if(!(validate151(data.burst))){
return false;
}
}
{
if(data.period !== undefined){
if(!(validate151(data.period))){
return false;
}
}
{
if(data.realtimeRuntime !== undefined){
if(!(validate145(data.realtimeRuntime))){
return false;
}
}
{
if(data.realtimePeriod !== undefined){
if(!(validate151(data.realtimePeriod))){
return false;
}
}
{
if(data.cpus !== undefined){
if(typeof data.cpus !== "string"){
return false;
}
}
{
if(data.mems !== undefined){
if(typeof data.mems !== "string"){
return false;
}
}
{
if(data.idle !== undefined){
if(!(validate145(data.idle))){
return false;
}
}
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate163(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((data.limit === undefined)){
return false;
}
else {
if(data.limit !== undefined){
if(!(validate145(data.limit))){
return false;
}
}
}
}
else {
return false;
}
}
return true;
}


function validate167(data){
if(!Number.isInteger(data)){
return false;
}
{
{
if(data > 65535){
return false;
}
else {
if(data < 0){
return false;
}
}
}
}
return true;
}


function validate170(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(((data.major === undefined)) || ((data.minor === undefined))){
return false;
}
else {
if(data.major !== undefined){
if(!(validate140(data.major))){
return false;
}
}
{
if(data.minor !== undefined){
if(!(validate140(data.minor))){
return false;
}
}
{
if(data.weight !== undefined){
if(!(validate167(data.weight))){
return false;
}
}
{
if(data.leafWeight !== undefined){
if(!(validate167(data.leafWeight))){
return false;
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate176(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(((data.major === undefined)) || ((data.minor === undefined))){
return false;
}
else {
if(data.major !== undefined){
if(!(validate140(data.major))){
return false;
}
}
{
if(data.minor !== undefined){
if(!(validate140(data.minor))){
return false;
}
}
{
if(data.rate !== undefined){
if(!(validate151(data.rate))){
return false;
}
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate166(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.weight !== undefined){
if(!(validate167(data.weight))){
return false;
}
}
{
if(data.leafWeight !== undefined){
if(!(validate167(data.leafWeight))){
return false;
}
}
{
if(data.weightDevice !== undefined){
let data2 = data.weightDevice;
{
if(Array.isArray(data2)){
const len0 = data2.length;
for(let i0=0; i0<len0; i0++){
if(!(validate170(data2[i0]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.throttleReadBpsDevice !== undefined){
let data4 = data.throttleReadBpsDevice;
{
if(Array.isArray(data4)){
const len1 = data4.length;
for(let i1=0; i1<len1; i1++){
if(!(validate176(data4[i1]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.throttleWriteBpsDevice !== undefined){
let data6 = data.throttleWriteBpsDevice;
{
if(Array.isArray(data6)){
const len2 = data6.length;
for(let i2=0; i2<len2; i2++){
if(!(validate176(data6[i2]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.throttleReadIOPSDevice !== undefined){
let data8 = data.throttleReadIOPSDevice;
{
if(Array.isArray(data8)){
const len3 = data8.length;
for(let i3=0; i3<len3; i3++){
if(!(validate176(data8[i3]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.throttleWriteIOPSDevice !== undefined){
let data10 = data.throttleWriteIOPSDevice;
{
if(Array.isArray(data10)){
const len4 = data10.length;
for(let i4=0; i4<len4; i4++){
if(!(validate176(data10[i4]))){
return false;
}
}
}
else {
return false;
}
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}

const pattern3 = new RegExp("^[1-9][0-9]*[KMG]B$", "u");

function validate185(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(((data.pageSize === undefined)) || ((data.limit === undefined))){
return false;
}
else {
if(data.pageSize !== undefined){
let data0 = data.pageSize;
{
if(typeof data0 === "string"){
if(!pattern3.test(data0)){
return false;
}
}
else {
return false;
}
}
}
{
if(data.limit !== undefined){
if(!(validate151(data.limit))){
return false;
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate189(data){
if(!Number.isInteger(data)){
return false;
}
{
{
if(data > 4294967295){
return false;
}
else {
if(data < 0){
return false;
}
}
}
}
return true;
}


function validate191(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(((data.name === undefined)) || ((data.priority === undefined))){
return false;
}
else {
if(data.name !== undefined){
if(typeof data.name !== "string"){
return false;
}
}
{
if(data.priority !== undefined){
if(!(validate189(data.priority))){
return false;
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate188(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.classID !== undefined){
if(!(validate189(data.classID))){
return false;
}
}
{
if(data.priorities !== undefined){
let data1 = data.priorities;
{
if(Array.isArray(data1)){
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
if(!(validate191(data1[i0]))){
return false;
}
}
}
else {
return false;
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate195(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.hcaHandles !== undefined){
if(!(validate189(data.hcaHandles))){
return false;
}
}
{
if(data.hcaObjects !== undefined){
if(!(validate189(data.hcaObjects))){
return false;
}
}
}
}
else {
return false;
}
}
return true;
}


function validate138(data){
/*# sourceURL="config-linux-resources.json" */;
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.devices !== undefined){
let data0 = data.devices;
{
if(Array.isArray(data0)){
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
if(!(validate139(data0[i0]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.memory !== undefined){
if(!(validate144(data.memory))){
return false;
}
}
{
if(data.cpu !== undefined){
if(!(validate154(data.cpu))){
return false;
}
}
{
if(data.pids !== undefined){
if(!(validate163(data.pids))){
return false;
}
}
{
if(data.blockIO !== undefined){
if(!(validate166(data.blockIO))){
return false;
}
}
{
if(data.hugepageLimits !== undefined){
let data6 = data.hugepageLimits;
{
if(Array.isArray(data6)){
const len1 = data6.length;
for(let i1=0; i1<len1; i1++){
if(!(validate185(data6[i1]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.network !== undefined){
if(!(validate188(data.network))){
return false;
}
}
{
if(data.rdma !== undefined){
let data9 = data.rdma;
{
if(data9 && typeof data9 == "object" && !Array.isArray(data9)){
for(const key0 in data9){
if(!(validate195(data9[key0]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.unified !== undefined){
let data11 = data.unified;
{
if(data11 && typeof data11 == "object" && !Array.isArray(data11)){
for(const key1 in data11){
if(typeof data11[key1] !== "string"){
return false;
}
}
}
else {
return false;
}
}
}
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate201(data){
{
if(Array.isArray(data)){
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
if(typeof data[i0] !== "string"){
return false;
}
}
}
else {
return false;
}
}
return true;
}

const pattern4 = new RegExp("^MB:[^\\n]*$", "u");

function validate200(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.closID !== undefined){
if(typeof data.closID !== "string"){
return false;
}
}
{
if(data.schemata !== undefined){
if(!(validate201(data.schemata))){
return false;
}
}
{
if(data.l3CacheSchema !== undefined){
if(typeof data.l3CacheSchema !== "string"){
return false;
}
}
{
if(data.memBwSchema !== undefined){
let data3 = data.memBwSchema;
{
if(typeof data3 === "string"){
if(!pattern4.test(data3)){
return false;
}
}
else {
return false;
}
}
}
{
if(data.enableMonitoring !== undefined){
if(typeof data.enableMonitoring !== "boolean"){
return false;
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}

const schema67 = {"type":"string","enum":["MPOL_DEFAULT","MPOL_BIND","MPOL_INTERLEAVE","MPOL_WEIGHTED_INTERLEAVE","MPOL_PREFERRED","MPOL_PREFERRED_MANY","MPOL_LOCAL"]};

function validate205(data){
if(typeof data !== "string"){
return false;
}
if(!(((((((data === "MPOL_DEFAULT") || (data === "MPOL_BIND")) || (data === "MPOL_INTERLEAVE")) || (data === "MPOL_WEIGHTED_INTERLEAVE")) || (data === "MPOL_PREFERRED")) || (data === "MPOL_PREFERRED_MANY")) || (data === "MPOL_LOCAL"))){
return false;
}
return true;
}

const schema68 = {"type":"string","enum":["MPOL_F_NUMA_BALANCING","MPOL_F_RELATIVE_NODES","MPOL_F_STATIC_NODES"]};

function validate207(data){
if(typeof data !== "string"){
return false;
}
if(!(((data === "MPOL_F_NUMA_BALANCING") || (data === "MPOL_F_RELATIVE_NODES")) || (data === "MPOL_F_STATIC_NODES"))){
return false;
}
return true;
}


function validate204(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.mode !== undefined){
if(!(validate205(data.mode))){
return false;
}
}
{
if(data.nodes !== undefined){
if(typeof data.nodes !== "string"){
return false;
}
}
{
if(data.flags !== undefined){
let data2 = data.flags;
{
if(Array.isArray(data2)){
const len0 = data2.length;
for(let i0=0; i0<len0; i0++){
if(!(validate207(data2[i0]))){
return false;
}
}
}
else {
return false;
}
}
}
}
}
}
else {
return false;
}
}
return true;
}

const schema70 = {"type":"string","enum":["SCMP_ACT_KILL","SCMP_ACT_KILL_PROCESS","SCMP_ACT_KILL_THREAD","SCMP_ACT_TRAP","SCMP_ACT_ERRNO","SCMP_ACT_TRACE","SCMP_ACT_ALLOW","SCMP_ACT_LOG","SCMP_ACT_NOTIFY"]};

function validate211(data){
if(typeof data !== "string"){
return false;
}
if(!(((((((((data === "SCMP_ACT_KILL") || (data === "SCMP_ACT_KILL_PROCESS")) || (data === "SCMP_ACT_KILL_THREAD")) || (data === "SCMP_ACT_TRAP")) || (data === "SCMP_ACT_ERRNO")) || (data === "SCMP_ACT_TRACE")) || (data === "SCMP_ACT_ALLOW")) || (data === "SCMP_ACT_LOG")) || (data === "SCMP_ACT_NOTIFY"))){
return false;
}
return true;
}


function validate213(data){
if(!Number.isInteger(data)){
return false;
}
{
{
if(data > 4294967295){
return false;
}
else {
if(data < 0){
return false;
}
}
}
}
return true;
}

const schema72 = {"type":"string","enum":["SCMP_ARCH_X86","SCMP_ARCH_X86_64","SCMP_ARCH_X32","SCMP_ARCH_ARM","SCMP_ARCH_AARCH64","SCMP_ARCH_LOONGARCH64","SCMP_ARCH_M68K","SCMP_ARCH_MIPS","SCMP_ARCH_MIPS64","SCMP_ARCH_MIPS64N32","SCMP_ARCH_MIPSEL","SCMP_ARCH_MIPSEL64","SCMP_ARCH_MIPSEL64N32","SCMP_ARCH_PARISC","SCMP_ARCH_PARISC64","SCMP_ARCH_PPC","SCMP_ARCH_PPC64","SCMP_ARCH_PPC64LE","SCMP_ARCH_RISCV64","SCMP_ARCH_S390","SCMP_ARCH_S390X","SCMP_ARCH_SH","SCMP_ARCH_SHEB"]};

function validate215(data){
if(typeof data !== "string"){
return false;
}
if(!(((((((((((((((((((((((data === "SCMP_ARCH_X86") || (data === "SCMP_ARCH_X86_64")) || (data === "SCMP_ARCH_X32")) || (data === "SCMP_ARCH_ARM")) || (data === "SCMP_ARCH_AARCH64")) || (data === "SCMP_ARCH_LOONGARCH64")) || (data === "SCMP_ARCH_M68K")) || (data === "SCMP_ARCH_MIPS")) || (data === "SCMP_ARCH_MIPS64")) || (data === "SCMP_ARCH_MIPS64N32")) || (data === "SCMP_ARCH_MIPSEL")) || (data === "SCMP_ARCH_MIPSEL64")) || (data === "SCMP_ARCH_MIPSEL64N32")) || (data === "SCMP_ARCH_PARISC")) || (data === "SCMP_ARCH_PARISC64")) || (data === "SCMP_ARCH_PPC")) || (data === "SCMP_ARCH_PPC64")) || (data === "SCMP_ARCH_PPC64LE")) || (data === "SCMP_ARCH_RISCV64")) || (data === "SCMP_ARCH_S390")) || (data === "SCMP_ARCH_S390X")) || (data === "SCMP_ARCH_SH")) || (data === "SCMP_ARCH_SHEB"))){
return false;
}
return true;
}

const schema73 = {"type":"string","enum":["SECCOMP_FILTER_FLAG_TSYNC","SECCOMP_FILTER_FLAG_LOG","SECCOMP_FILTER_FLAG_SPEC_ALLOW","SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"]};

function validate217(data){
if(typeof data !== "string"){
return false;
}
if(!((((data === "SECCOMP_FILTER_FLAG_TSYNC") || (data === "SECCOMP_FILTER_FLAG_LOG")) || (data === "SECCOMP_FILTER_FLAG_SPEC_ALLOW")) || (data === "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"))){
return false;
}
return true;
}


function validate224(data){
if(!Number.isInteger(data)){
return false;
}
{
{
if(data > 18446744073709552000){
return false;
}
else {
if(data < 0){
return false;
}
}
}
}
return true;
}

const schema77 = {"type":"string","enum":["SCMP_CMP_NE","SCMP_CMP_LT","SCMP_CMP_LE","SCMP_CMP_EQ","SCMP_CMP_GE","SCMP_CMP_GT","SCMP_CMP_MASKED_EQ"]};

function validate227(data){
if(typeof data !== "string"){
return false;
}
if(!(((((((data === "SCMP_CMP_NE") || (data === "SCMP_CMP_LT")) || (data === "SCMP_CMP_LE")) || (data === "SCMP_CMP_EQ")) || (data === "SCMP_CMP_GE")) || (data === "SCMP_CMP_GT")) || (data === "SCMP_CMP_MASKED_EQ"))){
return false;
}
return true;
}


function validate222(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((((data.index === undefined)) || ((data.value === undefined))) || ((data.op === undefined))){
return false;
}
else {
if(data.index !== undefined){
if(!(validate213(data.index))){
return false;
}
}
{
if(data.value !== undefined){
if(!(validate224(data.value))){
return false;
}
}
{
if(data.valueTwo !== undefined){
if(!(validate224(data.valueTwo))){
return false;
}
}
{
if(data.op !== undefined){
if(!(validate227(data.op))){
return false;
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate219(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(((data.names === undefined)) || ((data.action === undefined))){
return false;
}
else {
if(data.names !== undefined){
let data0 = data.names;
{
if(Array.isArray(data0)){
if(data0.length < 1){
return false;
}
else {
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
if(typeof data0[i0] !== "string"){
return false;
}
}
}
}
else {
return false;
}
}
}
{
if(data.action !== undefined){
if(!(validate211(data.action))){
return false;
}
}
{
if(data.errnoRet !== undefined){
if(!(validate213(data.errnoRet))){
return false;
}
}
{
if(data.args !== undefined){
let data4 = data.args;
{
if(Array.isArray(data4)){
const len1 = data4.length;
for(let i1=0; i1<len1; i1++){
if(!(validate222(data4[i1]))){
return false;
}
}
}
else {
return false;
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate210(data){
/*# sourceURL="config-linux-seccomp.json" */;
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((data.defaultAction === undefined)){
return false;
}
else {
if(data.defaultAction !== undefined){
if(!(validate211(data.defaultAction))){
return false;
}
}
{
if(data.defaultErrnoRet !== undefined){
if(!(validate213(data.defaultErrnoRet))){
return false;
}
}
{
if(data.architectures !== undefined){
let data2 = data.architectures;
{
if(Array.isArray(data2)){
const len0 = data2.length;
for(let i0=0; i0<len0; i0++){
if(!(validate215(data2[i0]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.flags !== undefined){
let data4 = data.flags;
{
if(Array.isArray(data4)){
const len1 = data4.length;
for(let i1=0; i1<len1; i1++){
if(!(validate217(data4[i1]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.listenerPath !== undefined){
if(typeof data.listenerPath !== "string"){
return false;
}
}
{
if(data.listenerMetadata !== undefined){
if(typeof data.listenerMetadata !== "string"){
return false;
}
}
{
if(data.syscalls !== undefined){
let data8 = data.syscalls;
{
if(Array.isArray(data8)){
const len2 = data8.length;
for(let i2=0; i2<len2; i2++){
if(!(validate219(data8[i2]))){
return false;
}
}
}
else {
return false;
}
}
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}

const schema78 = {"type":"string","enum":["shared","slave","private","unbindable","rshared","rslave","rprivate","runbindable"]};

function validate232(data){
if(typeof data !== "string"){
return false;
}
if(!((((((((data === "shared") || (data === "slave")) || (data === "private")) || (data === "unbindable")) || (data === "rshared")) || (data === "rslave")) || (data === "rprivate")) || (data === "runbindable"))){
return false;
}
return true;
}

const schema80 = {"type":"string","enum":["LINUX","LINUX32"]};

function validate237(data){
if(typeof data !== "string"){
return false;
}
if(!((data === "LINUX") || (data === "LINUX32"))){
return false;
}
return true;
}


function validate236(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.domain !== undefined){
if(!(validate237(data.domain))){
return false;
}
}
{
if(data.flags !== undefined){
if(!(validate201(data.flags))){
return false;
}
}
}
}
else {
return false;
}
}
return true;
}


function validate104(data){
/*# sourceURL="config-linux.json" */;
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.namespaces !== undefined){
let data0 = data.namespaces;
{
if(Array.isArray(data0)){
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
if(!(validate105(data0[i0]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.uidMappings !== undefined){
let data2 = data.uidMappings;
{
if(Array.isArray(data2)){
const len1 = data2.length;
for(let i1=0; i1<len1; i1++){
if(!(validate111(data2[i1]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.gidMappings !== undefined){
let data4 = data.gidMappings;
{
if(Array.isArray(data4)){
const len2 = data4.length;
for(let i2=0; i2<len2; i2++){
if(!(validate111(data4[i2]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.timeOffsets !== undefined){
if(!(validate117(data.timeOffsets))){
return false;
}
}
{
if(data.devices !== undefined){
let data7 = data.devices;
{
if(Array.isArray(data7)){
const len3 = data7.length;
for(let i3=0; i3<len3; i3++){
if(!(validate126(data7[i3]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.netDevices !== undefined){
let data9 = data.netDevices;
{
if(data9 && typeof data9 == "object" && !Array.isArray(data9)){
for(const key0 in data9){
if(!(validate136(data9[key0]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.cgroupsPath !== undefined){
if(typeof data.cgroupsPath !== "string"){
return false;
}
}
{
if(data.resources !== undefined){
if(!(validate138(data.resources))){
return false;
}
}
{
if(data.intelRdt !== undefined){
if(!(validate200(data.intelRdt))){
return false;
}
}
{
if(data.memoryPolicy !== undefined){
if(!(validate204(data.memoryPolicy))){
return false;
}
}
{
if(data.sysctl !== undefined){
let data15 = data.sysctl;
{
if(data15 && typeof data15 == "object" && !Array.isArray(data15)){
for(const key1 in data15){
if(typeof data15[key1] !== "string"){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.seccomp !== undefined){
if(!(validate210(data.seccomp))){
return false;
}
}
{
if(data.rootfsPropagation !== undefined){
if(!(validate232(data.rootfsPropagation))){
return false;
}
}
{
if(data.maskedPaths !== undefined){
if(!(validate201(data.maskedPaths))){
return false;
}
}
{
if(data.readonlyPaths !== undefined){
if(!(validate201(data.readonlyPaths))){
return false;
}
}
{
if(data.mountLabel !== undefined){
if(typeof data.mountLabel !== "string"){
return false;
}
}
{
if(data.personality !== undefined){
if(!(validate236(data.personality))){
return false;
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate245(data){
if(typeof data !== "string"){
return false;
}
return true;
}


function validate247(data){
{
if(Array.isArray(data)){
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
if(typeof data[i0] !== "string"){
return false;
}
}
}
else {
return false;
}
}
return true;
}


function validate244(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((data.path === undefined)){
return false;
}
else {
if(data.path !== undefined){
if(!(validate245(data.path))){
return false;
}
}
{
if(data.parameters !== undefined){
if(!(validate247(data.parameters))){
return false;
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate250(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((data.path === undefined)){
return false;
}
else {
if(data.path !== undefined){
if(!(validate245(data.path))){
return false;
}
}
{
if(data.parameters !== undefined){
if(!(validate247(data.parameters))){
return false;
}
}
{
if(data.initrd !== undefined){
if(!(validate245(data.initrd))){
return false;
}
}
}
}
}
}
else {
return false;
}
}
return true;
}

const schema87 = {"type":"object","properties":{"path":{"$ref":"defs.json#/definitions/Path"},"format":{"type":"string","enum":["raw","qcow2","vdi","vmdk","vhd"]}},"required":["path","format"]};

function validate255(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(((data.path === undefined)) || ((data.format === undefined))){
return false;
}
else {
if(data.path !== undefined){
if(!(validate245(data.path))){
return false;
}
}
{
if(data.format !== undefined){
let data1 = data.format;
if(typeof data1 !== "string"){
return false;
}
if(!(((((data1 === "raw") || (data1 === "qcow2")) || (data1 === "vdi")) || (data1 === "vmdk")) || (data1 === "vhd"))){
return false;
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate260(data){
if(!Number.isInteger(data)){
return false;
}
{
{
if(data > 4294967295){
return false;
}
else {
if(data < 0){
return false;
}
}
}
}
return true;
}


function validate262(data){
if(!Number.isInteger(data)){
return false;
}
{
{
if(data > 18446744073709552000){
return false;
}
else {
if(data < 0){
return false;
}
}
}
}
return true;
}


function validate265(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(((data.firstMFN === undefined)) || ((data.nrMFNs === undefined))){
return false;
}
else {
if(data.firstGFN !== undefined){
if(!(validate262(data.firstGFN))){
return false;
}
}
{
if(data.firstMFN !== undefined){
if(!(validate262(data.firstMFN))){
return false;
}
}
{
if(data.nrMFNs !== undefined){
if(!(validate262(data.nrMFNs))){
return false;
}
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate270(data){
{
if(Array.isArray(data)){
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
if(!(validate33(data[i0]))){
return false;
}
}
}
else {
return false;
}
}
return true;
}


function validate258(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.deviceTree !== undefined){
if(!(validate245(data.deviceTree))){
return false;
}
}
{
if(data.vcpus !== undefined){
if(!(validate260(data.vcpus))){
return false;
}
}
{
if(data.memory !== undefined){
if(!(validate262(data.memory))){
return false;
}
}
{
if(data.dtdevs !== undefined){
if(!(validate247(data.dtdevs))){
return false;
}
}
{
if(data.iomems !== undefined){
let data4 = data.iomems;
{
if(Array.isArray(data4)){
const len0 = data4.length;
for(let i0=0; i0<len0; i0++){
if(!(validate265(data4[i0]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.irqs !== undefined){
if(!(validate270(data.irqs))){
return false;
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate243(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((data.kernel === undefined)){
return false;
}
else {
if(data.hypervisor !== undefined){
if(!(validate244(data.hypervisor))){
return false;
}
}
{
if(data.kernel !== undefined){
if(!(validate250(data.kernel))){
return false;
}
}
{
if(data.image !== undefined){
if(!(validate255(data.image))){
return false;
}
}
{
if(data.hwConfig !== undefined){
if(!(validate258(data.hwConfig))){
return false;
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}

const schema94 = {"type":"object","properties":{"id":{"type":"string"},"idType":{"type":"string","enum":["class"]}},"required":["id","idType"]};

function validate277(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(((data.id === undefined)) || ((data.idType === undefined))){
return false;
}
else {
if(data.id !== undefined){
if(typeof data.id !== "string"){
return false;
}
}
{
if(data.idType !== undefined){
let data1 = data.idType;
if(typeof data1 !== "string"){
return false;
}
if(!(data1 === "class")){
return false;
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate282(data){
if(!Number.isInteger(data)){
return false;
}
{
{
if(data > 65535){
return false;
}
else {
if(data < 0){
return false;
}
}
}
}
return true;
}


function validate279(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.memory !== undefined){
let data0 = data.memory;
{
if(data0 && typeof data0 == "object" && !Array.isArray(data0)){
if(data0.limit !== undefined){
if(!(validate262(data0.limit))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.cpu !== undefined){
let data2 = data.cpu;
{
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.count !== undefined){
if(!(validate262(data2.count))){
return false;
}
}
{
if(data2.shares !== undefined){
if(!(validate282(data2.shares))){
return false;
}
}
{
if(data2.maximum !== undefined){
if(!(validate282(data2.maximum))){
return false;
}
}
{
if(data2.affinity !== undefined){
let data6 = data2.affinity;
{
if(data6 && typeof data6 == "object" && !Array.isArray(data6)){
if(data6.mask !== undefined){
if(!(validate262(data6.mask))){
return false;
}
}
{
if(data6.group !== undefined){
if(!(validate260(data6.group))){
return false;
}
}
}
}
else {
return false;
}
}
}
}
}
}
}
else {
return false;
}
}
}
{
if(data.storage !== undefined){
let data9 = data.storage;
{
if(data9 && typeof data9 == "object" && !Array.isArray(data9)){
if(data9.iops !== undefined){
if(!(validate262(data9.iops))){
return false;
}
}
{
if(data9.bps !== undefined){
if(!(validate262(data9.bps))){
return false;
}
}
{
if(data9.sandboxSize !== undefined){
if(!(validate262(data9.sandboxSize))){
return false;
}
}
}
}
}
else {
return false;
}
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate291(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.endpointList !== undefined){
if(!(validate247(data.endpointList))){
return false;
}
}
{
if(data.allowUnqualifiedDNSQuery !== undefined){
if(typeof data.allowUnqualifiedDNSQuery !== "boolean"){
return false;
}
}
{
if(data.DNSSearchList !== undefined){
if(!(validate247(data.DNSSearchList))){
return false;
}
}
{
if(data.networkSharedContainerName !== undefined){
if(typeof data.networkSharedContainerName !== "string"){
return false;
}
}
{
if(data.networkNamespace !== undefined){
if(typeof data.networkNamespace !== "string"){
return false;
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate275(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((data.layerFolders === undefined)){
return false;
}
else {
if(data.layerFolders !== undefined){
let data0 = data.layerFolders;
{
if(Array.isArray(data0)){
if(data0.length < 1){
return false;
}
else {
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
if(!(validate245(data0[i0]))){
return false;
}
}
}
}
else {
return false;
}
}
}
{
if(data.devices !== undefined){
let data2 = data.devices;
{
if(Array.isArray(data2)){
const len1 = data2.length;
for(let i1=0; i1<len1; i1++){
if(!(validate277(data2[i1]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.resources !== undefined){
if(!(validate279(data.resources))){
return false;
}
}
{
if(data.network !== undefined){
if(!(validate291(data.network))){
return false;
}
}
{
if(data.credentialSpec !== undefined){
let data6 = data.credentialSpec;
if(!(data6 && typeof data6 == "object" && !Array.isArray(data6))){
return false;
}
}
{
if(data.servicing !== undefined){
if(typeof data.servicing !== "boolean"){
return false;
}
}
{
if(data.ignoreFlushesDuringBoot !== undefined){
if(typeof data.ignoreFlushesDuringBoot !== "boolean"){
return false;
}
}
{
if(data.hyperv !== undefined){
let data9 = data.hyperv;
{
if(data9 && typeof data9 == "object" && !Array.isArray(data9)){
if(data9.utilityVMPath !== undefined){
if(typeof data9.utilityVMPath !== "string"){
return false;
}
}
}
else {
return false;
}
}
}
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate297(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.linkname !== undefined){
if(typeof data.linkname !== "string"){
return false;
}
}
{
if(data.lowerLink !== undefined){
if(typeof data.lowerLink !== "string"){
return false;
}
}
{
if(data.allowedAddress !== undefined){
if(typeof data.allowedAddress !== "string"){
return false;
}
}
{
if(data.configureAllowedAddress !== undefined){
if(typeof data.configureAllowedAddress !== "string"){
return false;
}
}
{
if(data.defrouter !== undefined){
if(typeof data.defrouter !== "string"){
return false;
}
}
{
if(data.macAddress !== undefined){
if(typeof data.macAddress !== "string"){
return false;
}
}
{
if(data.linkProtection !== undefined){
if(typeof data.linkProtection !== "string"){
return false;
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate296(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.milestone !== undefined){
if(typeof data.milestone !== "string"){
return false;
}
}
{
if(data.limitpriv !== undefined){
if(typeof data.limitpriv !== "string"){
return false;
}
}
{
if(data.maxShmMemory !== undefined){
if(typeof data.maxShmMemory !== "string"){
return false;
}
}
{
if(data.cappedCPU !== undefined){
let data3 = data.cappedCPU;
{
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
if(data3.ncpus !== undefined){
if(typeof data3.ncpus !== "string"){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.cappedMemory !== undefined){
let data5 = data.cappedMemory;
{
if(data5 && typeof data5 == "object" && !Array.isArray(data5)){
if(data5.physical !== undefined){
if(typeof data5.physical !== "string"){
return false;
}
}
{
if(data5.swap !== undefined){
if(typeof data5.swap !== "string"){
return false;
}
}
}
}
else {
return false;
}
}
}
{
if(data.anet !== undefined){
let data8 = data.anet;
{
if(Array.isArray(data8)){
const len0 = data8.length;
for(let i0=0; i0<len0; i0++){
if(!(validate297(data8[i0]))){
return false;
}
}
}
else {
return false;
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}

const schema101 = {"type":"object","properties":{"type":{"type":"string","enum":["mount","pid","uts","ipc"]},"path":{"$ref":"defs.json#/definitions/Path"}},"required":["type"]};

function validate301(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((data.type === undefined)){
return false;
}
else {
if(data.type !== undefined){
let data0 = data.type;
if(typeof data0 !== "string"){
return false;
}
if(!((((data0 === "mount") || (data0 === "pid")) || (data0 === "uts")) || (data0 === "ipc"))){
return false;
}
}
{
if(data.path !== undefined){
if(!(validate245(data.path))){
return false;
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate300(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.namespaces !== undefined){
let data0 = data.namespaces;
{
if(Array.isArray(data0)){
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
if(!(validate301(data0[i0]))){
return false;
}
}
}
else {
return false;
}
}
}
}
else {
return false;
}
}
return true;
}


function validate306(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.path !== undefined){
if(typeof data.path !== "string"){
return false;
}
}
{
if(data.mode !== undefined){
let data1 = data.mode;
if(!Number.isInteger(data1)){
return false;
}
{
{
if(data1 > 511){
return false;
}
else {
if(data1 < 0){
return false;
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}

const schema105 = {"type":"string","enum":["new","inherit"]};

function validate309(data){
if(typeof data !== "string"){
return false;
}
if(!((data === "new") || (data === "inherit"))){
return false;
}
return true;
}

const schema106 = {"type":"string","enum":["disable","new","inherit"]};

function validate311(data){
if(typeof data !== "string"){
return false;
}
if(!(((data === "disable") || (data === "new")) || (data === "inherit"))){
return false;
}
return true;
}


function validate321(data){
if(!Number.isInteger(data)){
return false;
}
{
{
if(data > 255){
return false;
}
else {
if(data < 0){
return false;
}
}
}
}
return true;
}


function validate308(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.parent !== undefined){
if(typeof data.parent !== "string"){
return false;
}
}
{
if(data.host !== undefined){
if(!(validate309(data.host))){
return false;
}
}
{
if(data.ip4 !== undefined){
if(!(validate311(data.ip4))){
return false;
}
}
{
if(data.ip4Addr !== undefined){
if(!(validate247(data.ip4Addr))){
return false;
}
}
{
if(data.ip6 !== undefined){
if(!(validate311(data.ip6))){
return false;
}
}
{
if(data.ip6Addr !== undefined){
if(!(validate247(data.ip6Addr))){
return false;
}
}
{
if(data.vnet !== undefined){
if(!(validate309(data.vnet))){
return false;
}
}
{
if(data.interface !== undefined){
if(typeof data.interface !== "string"){
return false;
}
}
{
if(data.vnetInterfaces !== undefined){
if(!(validate247(data.vnetInterfaces))){
return false;
}
}
{
if(data.sysvmsg !== undefined){
if(!(validate311(data.sysvmsg))){
return false;
}
}
{
if(data.sysvsem !== undefined){
if(!(validate311(data.sysvsem))){
return false;
}
}
{
if(data.sysvshm !== undefined){
if(!(validate311(data.sysvshm))){
return false;
}
}
{
if(data.enforceStatfs !== undefined){
if(!(validate321(data.enforceStatfs))){
return false;
}
}
{
if(data.allow !== undefined){
let data13 = data.allow;
{
if(data13 && typeof data13 == "object" && !Array.isArray(data13)){
if(data13.setHostname !== undefined){
if(typeof data13.setHostname !== "boolean"){
return false;
}
}
{
if(data13.rawSockets !== undefined){
if(typeof data13.rawSockets !== "boolean"){
return false;
}
}
{
if(data13.chflags !== undefined){
if(typeof data13.chflags !== "boolean"){
return false;
}
}
{
if(data13.mount !== undefined){
if(!(validate247(data13.mount))){
return false;
}
}
{
if(data13.quotas !== undefined){
if(typeof data13.quotas !== "boolean"){
return false;
}
}
{
if(data13.socketAf !== undefined){
if(typeof data13.socketAf !== "boolean"){
return false;
}
}
{
if(data13.mlock !== undefined){
if(typeof data13.mlock !== "boolean"){
return false;
}
}
{
if(data13.reservedPorts !== undefined){
if(typeof data13.reservedPorts !== "boolean"){
return false;
}
}
{
if(data13.suser !== undefined){
if(typeof data13.suser !== "boolean"){
return false;
}
}
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate305(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.devices !== undefined){
let data0 = data.devices;
{
if(Array.isArray(data0)){
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
if(!(validate306(data0[i0]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.jail !== undefined){
if(!(validate308(data.jail))){
return false;
}
}
}
}
else {
return false;
}
}
return true;
}


function validate21(data){
/*# sourceURL="config.json" */;
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((data.ociVersion === undefined)){
return false;
}
else {
if(data.ociVersion !== undefined){
if(typeof data.ociVersion !== "string"){
return false;
}
}
{
if(data.root !== undefined){
if(!(validate22(data.root))){
return false;
}
}
{
if(data.mounts !== undefined){
let data2 = data.mounts;
{
if(Array.isArray(data2)){
const len0 = data2.length;
for(let i0=0; i0<len0; i0++){
if(!(validate27(data2[i0]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.process !== undefined){
if(!(validate40(data.process))){
return false;
}
}
{
if(data.hostname !== undefined){
if(typeof data.hostname !== "string"){
return false;
}
}
{
if(data.domainname !== undefined){
if(typeof data.domainname !== "string"){
return false;
}
}
{
if(data.hooks !== undefined){
if(!(validate90(data.hooks))){
return false;
}
}
{
if(data.annotations !== undefined){
if(!(validate102(data.annotations))){
return false;
}
}
{
if(data.linux !== undefined){
if(!(validate104(data.linux))){
return false;
}
}
{
if(data.vm !== undefined){
if(!(validate243(data.vm))){
return false;
}
}
{
if(data.windows !== undefined){
if(!(validate275(data.windows))){
return false;
}
}
{
if(data.solaris !== undefined){
if(!(validate296(data.solaris))){
return false;
}
}
{
if(data.zos !== undefined){
if(!(validate300(data.zos))){
return false;
}
}
{
if(data.freebsd !== undefined){
if(!(validate305(data.freebsd))){
return false;
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}

export const validateProcess = validate40;

export const validateResources = validate138;

export const validateState = validate326;
const schema109 = {"type":"string","enum":["creating","created","running","paused","stopped"]};

function validate327(data){
if(typeof data !== "string"){
return false;
}
if(!(((((data === "creating") || (data === "created")) || (data === "running")) || (data === "paused")) || (data === "stopped"))){
return false;
}
return true;
}


function validate329(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(typeof data[key0] !== "string"){
return false;
}
}
}
else {
return false;
}
}
return true;
}


function validate326(data){
/*# sourceURL="state.json" */;
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(((((data.ociVersion === undefined)) || ((data.id === undefined))) || ((data.status === undefined))) || ((data.bundle === undefined))){
return false;
}
else {
if(data.ociVersion !== undefined){
if(typeof data.ociVersion !== "string"){
return false;
}
}
{
if(data.id !== undefined){
if(typeof data.id !== "string"){
return false;
}
}
{
if(data.status !== undefined){
if(!(validate327(data.status))){
return false;
}
}
{
if(data.pid !== undefined){
let data3 = data.pid;
if(!Number.isInteger(data3)){
return false;
}
{
{
if(data3 < 0){
return false;
}
}
}
}
{
if(data.bundle !== undefined){
if(typeof data.bundle !== "string"){
return false;
}
}
{
if(data.annotations !== undefined){
if(!(validate329(data.annotations))){
return false;
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}

export const validateFeatures = validate331;

function validate332(data){
{
if(Array.isArray(data)){
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
if(typeof data[i0] !== "string"){
return false;
}
}
}
else {
return false;
}
}
return true;
}


function validate335(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
for(const key0 in data){
if(typeof data[key0] !== "string"){
return false;
}
}
}
else {
return false;
}
}
return true;
}


function validate339(data){
if(typeof data !== "string"){
return false;
}
if(!((((((((data === "pid") || (data === "network")) || (data === "mount")) || (data === "ipc")) || (data === "uts")) || (data === "user")) || (data === "cgroup")) || (data === "time"))){
return false;
}
return true;
}


function validate341(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.v1 !== undefined){
if(typeof data.v1 !== "boolean"){
return false;
}
}
{
if(data.v2 !== undefined){
if(typeof data.v2 !== "boolean"){
return false;
}
}
{
if(data.systemd !== undefined){
if(typeof data.systemd !== "boolean"){
return false;
}
}
{
if(data.systemdUser !== undefined){
if(typeof data.systemdUser !== "boolean"){
return false;
}
}
{
if(data.rdma !== undefined){
if(typeof data.rdma !== "boolean"){
return false;
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate344(data){
if(typeof data !== "string"){
return false;
}
if(!(((((((((data === "SCMP_ACT_KILL") || (data === "SCMP_ACT_KILL_PROCESS")) || (data === "SCMP_ACT_KILL_THREAD")) || (data === "SCMP_ACT_TRAP")) || (data === "SCMP_ACT_ERRNO")) || (data === "SCMP_ACT_TRACE")) || (data === "SCMP_ACT_ALLOW")) || (data === "SCMP_ACT_LOG")) || (data === "SCMP_ACT_NOTIFY"))){
return false;
}
return true;
}


function validate346(data){
if(typeof data !== "string"){
return false;
}
if(!(((((((data === "SCMP_CMP_NE") || (data === "SCMP_CMP_LT")) || (data === "SCMP_CMP_LE")) || (data === "SCMP_CMP_EQ")) || (data === "SCMP_CMP_GE")) || (data === "SCMP_CMP_GT")) || (data === "SCMP_CMP_MASKED_EQ"))){
return false;
}
return true;
}


function validate348(data){
if(typeof data !== "string"){
return false;
}
if(!(((((((((((((((((((((((data === "SCMP_ARCH_X86") || (data === "SCMP_ARCH_X86_64")) || (data === "SCMP_ARCH_X32")) || (data === "SCMP_ARCH_ARM")) || (data === "SCMP_ARCH_AARCH64")) || (data === "SCMP_ARCH_LOONGARCH64")) || (data === "SCMP_ARCH_M68K")) || (data === "SCMP_ARCH_MIPS")) || (data === "SCMP_ARCH_MIPS64")) || (data === "SCMP_ARCH_MIPS64N32")) || (data === "SCMP_ARCH_MIPSEL")) || (data === "SCMP_ARCH_MIPSEL64")) || (data === "SCMP_ARCH_MIPSEL64N32")) || (data === "SCMP_ARCH_PARISC")) || (data === "SCMP_ARCH_PARISC64")) || (data === "SCMP_ARCH_PPC")) || (data === "SCMP_ARCH_PPC64")) || (data === "SCMP_ARCH_PPC64LE")) || (data === "SCMP_ARCH_RISCV64")) || (data === "SCMP_ARCH_S390")) || (data === "SCMP_ARCH_S390X")) || (data === "SCMP_ARCH_SH")) || (data === "SCMP_ARCH_SHEB"))){
return false;
}
return true;
}


function validate350(data){
if(typeof data !== "string"){
return false;
}
if(!((((data === "SECCOMP_FILTER_FLAG_TSYNC") || (data === "SECCOMP_FILTER_FLAG_LOG")) || (data === "SECCOMP_FILTER_FLAG_SPEC_ALLOW")) || (data === "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"))){
return false;
}
return true;
}


function validate343(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.enabled !== undefined){
if(typeof data.enabled !== "boolean"){
return false;
}
}
{
if(data.actions !== undefined){
let data1 = data.actions;
{
if(Array.isArray(data1)){
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
if(!(validate344(data1[i0]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.operators !== undefined){
let data3 = data.operators;
{
if(Array.isArray(data3)){
const len1 = data3.length;
for(let i1=0; i1<len1; i1++){
if(!(validate346(data3[i1]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.archs !== undefined){
let data5 = data.archs;
{
if(Array.isArray(data5)){
const len2 = data5.length;
for(let i2=0; i2<len2; i2++){
if(!(validate348(data5[i2]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.knownFlags !== undefined){
let data7 = data.knownFlags;
{
if(Array.isArray(data7)){
const len3 = data7.length;
for(let i3=0; i3<len3; i3++){
if(!(validate350(data7[i3]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.supportedFlags !== undefined){
let data9 = data.supportedFlags;
{
if(Array.isArray(data9)){
const len4 = data9.length;
for(let i4=0; i4<len4; i4++){
if(!(validate350(data9[i4]))){
return false;
}
}
}
else {
return false;
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate354(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.enabled !== undefined){
if(typeof data.enabled !== "boolean"){
return false;
}
}
}
else {
return false;
}
}
return true;
}


function validate357(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.enabled !== undefined){
if(typeof data.enabled !== "boolean"){
return false;
}
}
{
if(data.schemata !== undefined){
if(typeof data.schemata !== "boolean"){
return false;
}
}
{
if(data.monitoring !== undefined){
if(typeof data.monitoring !== "boolean"){
return false;
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate360(data){
if(typeof data !== "string"){
return false;
}
if(!(((((((data === "MPOL_DEFAULT") || (data === "MPOL_BIND")) || (data === "MPOL_INTERLEAVE")) || (data === "MPOL_WEIGHTED_INTERLEAVE")) || (data === "MPOL_PREFERRED")) || (data === "MPOL_PREFERRED_MANY")) || (data === "MPOL_LOCAL"))){
return false;
}
return true;
}


function validate362(data){
if(typeof data !== "string"){
return false;
}
if(!(((data === "MPOL_F_NUMA_BALANCING") || (data === "MPOL_F_RELATIVE_NODES")) || (data === "MPOL_F_STATIC_NODES"))){
return false;
}
return true;
}


function validate359(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.modes !== undefined){
let data0 = data.modes;
{
if(Array.isArray(data0)){
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
if(!(validate360(data0[i0]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.flags !== undefined){
let data2 = data.flags;
{
if(Array.isArray(data2)){
const len1 = data2.length;
for(let i1=0; i1<len1; i1++){
if(!(validate362(data2[i1]))){
return false;
}
}
}
else {
return false;
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate365(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.idmap !== undefined){
if(!(validate354(data.idmap))){
return false;
}
}
}
else {
return false;
}
}
return true;
}

const pattern5 = new RegExp("^CAP_[A-Z_]+$", "u");

function validate338(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.namespaces !== undefined){
let data0 = data.namespaces;
{
if(Array.isArray(data0)){
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
if(!(validate339(data0[i0]))){
return false;
}
}
}
else {
return false;
}
}
}
{
if(data.capabilities !== undefined){
let data2 = data.capabilities;
{
if(Array.isArray(data2)){
const len1 = data2.length;
for(let i1=0; i1<len1; i1++){
let data3 = data2[i1];
{
if(typeof data3 === "string"){
if(!pattern5.test(data3)){
return false;
}
}
else {
return false;
}
}
}
}
else {
return false;
}
}
}
{
if(data.cgroup !== undefined){
if(!(validate341(data.cgroup))){
return false;
}
}
{
if(data.seccomp !== undefined){
if(!(validate343(data.seccomp))){
return false;
}
}
{
if(data.apparmor !== undefined){
if(!(validate354(data.apparmor))){
return false;
}
}
{
if(data.selinux !== undefined){
if(!(validate354(data.selinux))){
return false;
}
}
{
if(data.intelRdt !== undefined){
if(!(validate357(data.intelRdt))){
return false;
}
}
{
if(data.memoryPolicy !== undefined){
if(!(validate359(data.memoryPolicy))){
return false;
}
}
{
if(data.mountExtensions !== undefined){
if(!(validate365(data.mountExtensions))){
return false;
}
}
{
if(data.netDevices !== undefined){
if(!(validate354(data.netDevices))){
return false;
}
}
}
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}


function validate331(data){
/*# sourceURL="features.json" */;
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(((data.ociVersionMin === undefined)) || ((data.ociVersionMax === undefined))){
return false;
}
else {
if(data.ociVersionMin !== undefined){
if(typeof data.ociVersionMin !== "string"){
return false;
}
}
{
if(data.ociVersionMax !== undefined){
if(typeof data.ociVersionMax !== "string"){
return false;
}
}
{
if(data.hooks !== undefined){
if(!(validate332(data.hooks))){
return false;
}
}
{
if(data.mountOptions !== undefined){
if(!(validate332(data.mountOptions))){
return false;
}
}
{
if(data.annotations !== undefined){
if(!(validate335(data.annotations))){
return false;
}
}
{
if(data.potentiallyUnsafeConfigAnnotations !== undefined){
if(!(validate332(data.potentiallyUnsafeConfigAnnotations))){
return false;
}
}
{
if(data.linux !== undefined){
if(!(validate338(data.linux))){
return false;
}
}
}
}
}
}
}
}
}
}
else {
return false;
}
}
return true;
}
