// Made from spec-schemas/ by `npm run generate`; do not edit.
"use strict";
export const validateConfig = validate10;

function validate11(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((data.path === undefined)){
return false;
}
else {
if(data.path !== undefined){
if(typeof data.path !== "string"){
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


function validate15(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((((data.containerID === undefined)) || ((data.hostID === undefined))) || ((data.size === undefined))){
return false;
}
else {
if(data.containerID !== undefined){
let data0 = data.containerID;
if(!Number.isInteger(data0)){
return false;
}
{
{
if(data0 > 4294967295){
return false;
}
else {
if(data0 < 0){
return false;
}
}
}
}
}
{
if(data.hostID !== undefined){
let data1 = data.hostID;
if(!Number.isInteger(data1)){
return false;
}
{
{
if(data1 > 4294967295){
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
{
if(data.size !== undefined){
let data2 = data.size;
if(!Number.isInteger(data2)){
return false;
}
{
{
if(data2 > 4294967295){
return false;
}
else {
if(data2 < 0){
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


function validate14(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((data.destination === undefined)){
return false;
}
else {
if(data.destination !== undefined){
if(typeof data.destination !== "string"){
return false;
}
}
{
if(data.source !== undefined){
if(typeof data.source !== "string"){
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
let data3 = data.options;
{
if(Array.isArray(data3)){
const len0 = data3.length;
for(let i0=0; i0<len0; i0++){
if(typeof data3[i0] !== "string"){
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
let data5 = data.uidMappings;
{
if(Array.isArray(data5)){
const len1 = data5.length;
for(let i1=0; i1<len1; i1++){
if(!(validate15(data5[i1]))){
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
let data7 = data.gidMappings;
{
if(Array.isArray(data7)){
const len2 = data7.length;
for(let i2=0; i2<len2; i2++){
if(!(validate15(data7[i2]))){
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


function validate20(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(((data.height === undefined)) || ((data.width === undefined))){
return false;
}
else {
if(data.height !== undefined){
let data0 = data.height;
if(!Number.isInteger(data0)){
return false;
}
{
{
if(data0 > 18446744073709552000){
return false;
}
else {
if(data0 < 0){
return false;
}
}
}
}
}
{
if(data.width !== undefined){
let data1 = data.width;
if(!Number.isInteger(data1)){
return false;
}
{
{
if(data1 > 18446744073709552000){
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
}
else {
return false;
}
}
return true;
}


function validate23(data){
{
if(Array.isArray(data)){
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
let data0 = data[i0];
if(!Number.isInteger(data0)){
return false;
}
{
{
if(data0 > 4294967295){
return false;
}
else {
if(data0 < 0){
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


function validate22(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.uid !== undefined){
let data0 = data.uid;
if(!Number.isInteger(data0)){
return false;
}
{
{
if(data0 > 4294967295){
return false;
}
else {
if(data0 < 0){
return false;
}
}
}
}
}
{
if(data.gid !== undefined){
let data1 = data.gid;
if(!Number.isInteger(data1)){
return false;
}
{
{
if(data1 > 4294967295){
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
{
if(data.umask !== undefined){
let data2 = data.umask;
if(!Number.isInteger(data2)){
return false;
}
{
{
if(data2 > 4294967295){
return false;
}
else {
if(data2 < 0){
return false;
}
}
}
}
}
{
if(data.additionalGids !== undefined){
if(!(validate23(data.additionalGids))){
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


function validate26(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.bounding !== undefined){
let data0 = data.bounding;
{
if(Array.isArray(data0)){
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
if(typeof data0[i0] !== "string"){
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
if(data.effective !== undefined){
let data2 = data.effective;
{
if(Array.isArray(data2)){
const len1 = data2.length;
for(let i1=0; i1<len1; i1++){
if(typeof data2[i1] !== "string"){
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
if(data.inheritable !== undefined){
let data4 = data.inheritable;
{
if(Array.isArray(data4)){
const len2 = data4.length;
for(let i2=0; i2<len2; i2++){
if(typeof data4[i2] !== "string"){
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
if(data.permitted !== undefined){
let data6 = data.permitted;
{
if(Array.isArray(data6)){
const len3 = data6.length;
for(let i3=0; i3<len3; i3++){
if(typeof data6[i3] !== "string"){
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
if(data.ambient !== undefined){
let data8 = data.ambient;
{
if(Array.isArray(data8)){
const len4 = data8.length;
for(let i4=0; i4<len4; i4++){
if(typeof data8[i4] !== "string"){
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

const pattern0 = new RegExp("^RLIMIT_[A-Z]+$", "u");

function validate28(data){
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
let data1 = data.soft;
if(!Number.isInteger(data1)){
return false;
}
{
{
if(data1 > 18446744073709552000){
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
{
if(data.hard !== undefined){
let data2 = data.hard;
if(!Number.isInteger(data2)){
return false;
}
{
{
if(data2 > 18446744073709552000){
return false;
}
else {
if(data2 < 0){
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

const schema45 = {"type":"string","enum":["SCHED_OTHER","SCHED_FIFO","SCHED_RR","SCHED_BATCH","SCHED_ISO","SCHED_IDLE","SCHED_DEADLINE"]};
const schema48 = {"type":"string","enum":["SCHED_FLAG_RESET_ON_FORK","SCHED_FLAG_RECLAIM","SCHED_FLAG_DL_OVERRUN","SCHED_FLAG_KEEP_POLICY","SCHED_FLAG_KEEP_PARAMS","SCHED_FLAG_UTIL_CLAMP_MIN","SCHED_FLAG_UTIL_CLAMP_MAX"]};

function validate30(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((data.policy === undefined)){
return false;
}
else {
if(data.policy !== undefined){
let data0 = data.policy;
if(typeof data0 !== "string"){
return false;
}
if(!(((((((data0 === "SCHED_OTHER") || (data0 === "SCHED_FIFO")) || (data0 === "SCHED_RR")) || (data0 === "SCHED_BATCH")) || (data0 === "SCHED_ISO")) || (data0 === "SCHED_IDLE")) || (data0 === "SCHED_DEADLINE"))){
return false;
}
}
{
if(data.nice !== undefined){
let data1 = data.nice;
if(!Number.isInteger(data1)){
return false;
}
{
{
if(data1 > 2147483647){
return false;
}
else {
if(data1 < -2147483648){
return false;
}
}
}
}
}
{
if(data.priority !== undefined){
let data2 = data.priority;
if(!Number.isInteger(data2)){
return false;
}
{
{
if(data2 > 2147483647){
return false;
}
else {
if(data2 < -2147483648){
return false;
}
}
}
}
}
{
if(data.flags !== undefined){
let data3 = data.flags;
{
if(Array.isArray(data3)){
const len0 = data3.length;
for(let i0=0; i0<len0; i0++){
let data4 = data3[i0];
if(typeof data4 !== "string"){
return false;
}
if(!(((((((data4 === "SCHED_FLAG_RESET_ON_FORK") || (data4 === "SCHED_FLAG_RECLAIM")) || (data4 === "SCHED_FLAG_DL_OVERRUN")) || (data4 === "SCHED_FLAG_KEEP_POLICY")) || (data4 === "SCHED_FLAG_KEEP_PARAMS")) || (data4 === "SCHED_FLAG_UTIL_CLAMP_MIN")) || (data4 === "SCHED_FLAG_UTIL_CLAMP_MAX"))){
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
let data5 = data.runtime;
if(!Number.isInteger(data5)){
return false;
}
{
{
if(data5 > 18446744073709552000){
return false;
}
else {
if(data5 < 0){
return false;
}
}
}
}
}
{
if(data.deadline !== undefined){
let data6 = data.deadline;
if(!Number.isInteger(data6)){
return false;
}
{
{
if(data6 > 18446744073709552000){
return false;
}
else {
if(data6 < 0){
return false;
}
}
}
}
}
{
if(data.period !== undefined){
let data7 = data.period;
if(!Number.isInteger(data7)){
return false;
}
{
{
if(data7 > 18446744073709552000){
return false;
}
else {
if(data7 < 0){
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
else {
return false;
}
}
return true;
}

const schema53 = {"type":"string","enum":["IOPRIO_CLASS_RT","IOPRIO_CLASS_BE","IOPRIO_CLASS_IDLE"]};

function validate32(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((data.class === undefined)){
return false;
}
else {
if(data.class !== undefined){
let data0 = data.class;
if(typeof data0 !== "string"){
return false;
}
if(!(((data0 === "IOPRIO_CLASS_RT") || (data0 === "IOPRIO_CLASS_BE")) || (data0 === "IOPRIO_CLASS_IDLE"))){
return false;
}
}
{
if(data.priority !== undefined){
let data1 = data.priority;
if(!Number.isInteger(data1)){
return false;
}
{
{
if(data1 > 2147483647){
return false;
}
else {
if(data1 < -2147483648){
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

const pattern1 = new RegExp("^[0-9, -]*$", "u");

function validate19(data){
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
if(!(validate20(data.consoleSize))){
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
let data3 = data.env;
{
if(Array.isArray(data3)){
const len0 = data3.length;
for(let i0=0; i0<len0; i0++){
if(typeof data3[i0] !== "string"){
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
if(data.args !== undefined){
let data5 = data.args;
{
if(Array.isArray(data5)){
const len1 = data5.length;
for(let i1=0; i1<len1; i1++){
if(typeof data5[i1] !== "string"){
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
if(data.commandLine !== undefined){
if(typeof data.commandLine !== "string"){
return false;
}
}
{
if(data.user !== undefined){
if(!(validate22(data.user))){
return false;
}
}
{
if(data.capabilities !== undefined){
if(!(validate26(data.capabilities))){
return false;
}
}
{
if(data.rlimits !== undefined){
let data10 = data.rlimits;
{
if(Array.isArray(data10)){
const len2 = data10.length;
for(let i2=0; i2<len2; i2++){
if(!(validate28(data10[i2]))){
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
let data15 = data.oomScoreAdj;
if(!Number.isInteger(data15)){
return false;
}
}
{
if(data.scheduler !== undefined){
if(!(validate30(data.scheduler))){
return false;
}
}
{
if(data.ioPriority !== undefined){
if(!(validate32(data.ioPriority))){
return false;
}
}
{
if(data.execCPUAffinity !== undefined){
let data18 = data.execCPUAffinity;
{
if(data18 && typeof data18 == "object" && !Array.isArray(data18)){
if(data18.initial !== undefined){
let data19 = data18.initial;
{
if(typeof data19 === "string"){
if(!pattern1.test(data19)){
return false;
}
}
else {
return false;
}
}
}
{
if(data18.final !== undefined){
let data20 = data18.final;
{
if(typeof data20 === "string"){
if(!pattern1.test(data20)){
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


function validate36(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((data.path === undefined)){
return false;
}
else {
if(data.path !== undefined){
if(typeof data.path !== "string"){
return false;
}
}
{
if(data.args !== undefined){
let data1 = data.args;
{
if(Array.isArray(data1)){
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
if(typeof data1[i0] !== "string"){
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
if(data.env !== undefined){
let data3 = data.env;
{
if(Array.isArray(data3)){
const len1 = data3.length;
for(let i1=0; i1<len1; i1++){
if(typeof data3[i1] !== "string"){
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
if(data.timeout !== undefined){
let data5 = data.timeout;
if(!Number.isInteger(data5)){
return false;
}
{
{
if(data5 < 1){
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


function validate35(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.prestart !== undefined){
let data0 = data.prestart;
{
if(Array.isArray(data0)){
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
if(!(validate36(data0[i0]))){
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
if(!(validate36(data2[i1]))){
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
if(!(validate36(data4[i2]))){
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
if(!(validate36(data6[i3]))){
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
if(!(validate36(data8[i4]))){
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
if(!(validate36(data10[i5]))){
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

const schema142 = {"type":"string","enum":["shared","slave","private","unbindable","rshared","rslave","rprivate","runbindable"]};
const schema64 = {"type":"string","enum":["pid","network","mount","ipc","uts","user","cgroup","time"]};

function validate45(data){
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
if(!((((((((data0 === "pid") || (data0 === "network")) || (data0 === "mount")) || (data0 === "ipc")) || (data0 === "uts")) || (data0 === "user")) || (data0 === "cgroup")) || (data0 === "time"))){
return false;
}
}
{
if(data.path !== undefined){
if(typeof data.path !== "string"){
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


function validate47(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((((data.containerID === undefined)) || ((data.hostID === undefined))) || ((data.size === undefined))){
return false;
}
else {
if(data.containerID !== undefined){
let data0 = data.containerID;
if(!Number.isInteger(data0)){
return false;
}
{
{
if(data0 > 4294967295){
return false;
}
else {
if(data0 < 0){
return false;
}
}
}
}
}
{
if(data.hostID !== undefined){
let data1 = data.hostID;
if(!Number.isInteger(data1)){
return false;
}
{
{
if(data1 > 4294967295){
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
{
if(data.size !== undefined){
let data2 = data.size;
if(!Number.isInteger(data2)){
return false;
}
{
{
if(data2 > 4294967295){
return false;
}
else {
if(data2 < 0){
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


function validate51(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.secs !== undefined){
let data0 = data.secs;
if(!Number.isInteger(data0)){
return false;
}
{
{
if(data0 > 9223372036854776000){
return false;
}
else {
if(data0 < -9223372036854776000){
return false;
}
}
}
}
}
{
if(data.nanosecs !== undefined){
let data1 = data.nanosecs;
if(!Number.isInteger(data1)){
return false;
}
{
{
if(data1 > 4294967295){
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


function validate50(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.monotonic !== undefined){
if(!(validate51(data.monotonic))){
return false;
}
}
{
if(data.boottime !== undefined){
if(!(validate51(data.boottime))){
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

const schema75 = {"type":"string","enum":["c","b","u","p"]};

function validate55(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(((data.type === undefined)) || ((data.path === undefined))){
return false;
}
else {
if(data.type !== undefined){
let data0 = data.type;
if(typeof data0 !== "string"){
return false;
}
if(!((((data0 === "c") || (data0 === "b")) || (data0 === "u")) || (data0 === "p"))){
return false;
}
}
{
if(data.path !== undefined){
if(typeof data.path !== "string"){
return false;
}
}
{
if(data.major !== undefined){
let data2 = data.major;
if(!Number.isInteger(data2)){
return false;
}
{
{
if(data2 > 9223372036854776000){
return false;
}
else {
if(data2 < -9223372036854776000){
return false;
}
}
}
}
}
{
if(data.minor !== undefined){
let data3 = data.minor;
if(!Number.isInteger(data3)){
return false;
}
{
{
if(data3 > 9223372036854776000){
return false;
}
else {
if(data3 < -9223372036854776000){
return false;
}
}
}
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
let data5 = data.uid;
if(!Number.isInteger(data5)){
return false;
}
{
{
if(data5 > 4294967295){
return false;
}
else {
if(data5 < 0){
return false;
}
}
}
}
}
{
if(data.gid !== undefined){
let data6 = data.gid;
if(!Number.isInteger(data6)){
return false;
}
{
{
if(data6 > 4294967295){
return false;
}
else {
if(data6 < 0){
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
else {
return false;
}
}
return true;
}


function validate58(data){
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
let data2 = data.major;
if(!Number.isInteger(data2)){
return false;
}
{
{
if(data2 > 9223372036854776000){
return false;
}
else {
if(data2 < -9223372036854776000){
return false;
}
}
}
}
}
{
if(data.minor !== undefined){
let data3 = data.minor;
if(!Number.isInteger(data3)){
return false;
}
{
{
if(data3 > 9223372036854776000){
return false;
}
else {
if(data3 < -9223372036854776000){
return false;
}
}
}
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


function validate60(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.limit !== undefined){
let data0 = data.limit;
if(!Number.isInteger(data0)){
return false;
}
{
{
if(data0 > 9223372036854776000){
return false;
}
else {
if(data0 < -9223372036854776000){
return false;
}
}
}
}
}
{
if(data.reservation !== undefined){
let data1 = data.reservation;
if(!Number.isInteger(data1)){
return false;
}
{
{
if(data1 > 9223372036854776000){
return false;
}
else {
if(data1 < -9223372036854776000){
return false;
}
}
}
}
}
{
if(data.swap !== undefined){
let data2 = data.swap;
if(!Number.isInteger(data2)){
return false;
}
{
{
if(data2 > 9223372036854776000){
return false;
}
else {
if(data2 < -9223372036854776000){
return false;
}
}
}
}
}
{
if(data.kernel !== undefined){
let data3 = data.kernel;
if(!Number.isInteger(data3)){
return false;
}
{
{
if(data3 > 9223372036854776000){
return false;
}
else {
if(data3 < -9223372036854776000){
return false;
}
}
}
}
}
{
if(data.kernelTCP !== undefined){
let data4 = data.kernelTCP;
if(!Number.isInteger(data4)){
return false;
}
{
{
if(data4 > 9223372036854776000){
return false;
}
else {
if(data4 < -9223372036854776000){
return false;
}
}
}
}
}
{
if(data.swappiness !== undefined){
let data5 = data.swappiness;
if(!Number.isInteger(data5)){
return false;
}
{
{
if(data5 > 18446744073709552000){
return false;
}
else {
if(data5 < 0){
return false;
}
}
}
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


function validate62(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.shares !== undefined){
let data0 = data.shares;
if(!Number.isInteger(data0)){
return false;
}
{
{
if(data0 > 18446744073709552000){
return false;
}
else {
if(data0 < 0){
return false;
}
}
}
}
}
{
if(data.quota !== undefined){
let data1 = data.quota;
if(!Number.isInteger(data1)){
return false;
}
{
{
if(data1 > 9223372036854776000){
return false;
}
else {
if(data1 < -9223372036854776000){
return false;
}
}
}
}
}
{
if(data.burst !== undefined){
let data2 = data.burst;
if(!Number.isInteger(data2)){
return false;
}
{
{
if(data2 > 18446744073709552000){
return false;
}
else {
if(data2 < 0){
return false;
}
}
}
}
}
{
if(data.period !== undefined){
let data3 = data.period;
if(!Number.isInteger(data3)){
return false;
}
{
{
if(data3 > 18446744073709552000){
return false;
}
else {
if(data3 < 0){
return false;
}
}
}
}
}
{
if(data.realtimeRuntime !== undefined){
let data4 = data.realtimeRuntime;
if(!Number.isInteger(data4)){
return false;
}
{
{
if(data4 > 9223372036854776000){
return false;
}
else {
if(data4 < -9223372036854776000){
return false;
}
}
}
}
}
{
if(data.realtimePeriod !== undefined){
let data5 = data.realtimePeriod;
if(!Number.isInteger(data5)){
return false;
}
{
{
if(data5 > 18446744073709552000){
return false;
}
else {
if(data5 < 0){
return false;
}
}
}
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
let data8 = data.idle;
if(!Number.isInteger(data8)){
return false;
}
{
{
if(data8 > 9223372036854776000){
return false;
}
else {
if(data8 < -9223372036854776000){
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
else {
return false;
}
}
return true;
}


function validate64(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((data.limit === undefined)){
return false;
}
else {
if(data.limit !== undefined){
let data0 = data.limit;
if(!Number.isInteger(data0)){
return false;
}
{
{
if(data0 > 9223372036854776000){
return false;
}
else {
if(data0 < -9223372036854776000){
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


function validate67(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(((data.major === undefined)) || ((data.minor === undefined))){
return false;
}
else {
if(data.major !== undefined){
let data0 = data.major;
if(!Number.isInteger(data0)){
return false;
}
{
{
if(data0 > 9223372036854776000){
return false;
}
else {
if(data0 < -9223372036854776000){
return false;
}
}
}
}
}
{
if(data.minor !== undefined){
let data1 = data.minor;
if(!Number.isInteger(data1)){
return false;
}
{
{
if(data1 > 9223372036854776000){
return false;
}
else {
if(data1 < -9223372036854776000){
return false;
}
}
}
}
}
{
if(data.weight !== undefined){
let data2 = data.weight;
if(!Number.isInteger(data2)){
return false;
}
{
{
if(data2 > 65535){
return false;
}
else {
if(data2 < 0){
return false;
}
}
}
}
}
{
if(data.leafWeight !== undefined){
let data3 = data.leafWeight;
if(!Number.isInteger(data3)){
return false;
}
{
{
if(data3 > 65535){
return false;
}
else {
if(data3 < 0){
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


function validate69(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(((data.major === undefined)) || ((data.minor === undefined))){
return false;
}
else {
if(data.major !== undefined){
let data0 = data.major;
if(!Number.isInteger(data0)){
return false;
}
{
{
if(data0 > 9223372036854776000){
return false;
}
else {
if(data0 < -9223372036854776000){
return false;
}
}
}
}
}
{
if(data.minor !== undefined){
let data1 = data.minor;
if(!Number.isInteger(data1)){
return false;
}
{
{
if(data1 > 9223372036854776000){
return false;
}
else {
if(data1 < -9223372036854776000){
return false;
}
}
}
}
}
{
if(data.rate !== undefined){
let data2 = data.rate;
if(!Number.isInteger(data2)){
return false;
}
{
{
if(data2 > 18446744073709552000){
return false;
}
else {
if(data2 < 0){
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


function validate66(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.weight !== undefined){
let data0 = data.weight;
if(!Number.isInteger(data0)){
return false;
}
{
{
if(data0 > 65535){
return false;
}
else {
if(data0 < 0){
return false;
}
}
}
}
}
{
if(data.leafWeight !== undefined){
let data1 = data.leafWeight;
if(!Number.isInteger(data1)){
return false;
}
{
{
if(data1 > 65535){
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
{
if(data.weightDevice !== undefined){
let data2 = data.weightDevice;
{
if(Array.isArray(data2)){
const len0 = data2.length;
for(let i0=0; i0<len0; i0++){
if(!(validate67(data2[i0]))){
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
if(!(validate69(data4[i1]))){
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
if(!(validate69(data6[i2]))){
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
if(!(validate69(data8[i3]))){
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
if(!(validate69(data10[i4]))){
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

function validate75(data){
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
let data1 = data.limit;
if(!Number.isInteger(data1)){
return false;
}
{
{
if(data1 > 18446744073709552000){
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
}
else {
return false;
}
}
return true;
}


function validate78(data){
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
let data1 = data.priority;
if(!Number.isInteger(data1)){
return false;
}
{
{
if(data1 > 4294967295){
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
}
else {
return false;
}
}
return true;
}


function validate77(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.classID !== undefined){
let data0 = data.classID;
if(!Number.isInteger(data0)){
return false;
}
{
{
if(data0 > 4294967295){
return false;
}
else {
if(data0 < 0){
return false;
}
}
}
}
}
{
if(data.priorities !== undefined){
let data1 = data.priorities;
{
if(Array.isArray(data1)){
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
if(!(validate78(data1[i0]))){
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


function validate81(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.hcaHandles !== undefined){
let data0 = data.hcaHandles;
if(!Number.isInteger(data0)){
return false;
}
{
{
if(data0 > 4294967295){
return false;
}
else {
if(data0 < 0){
return false;
}
}
}
}
}
{
if(data.hcaObjects !== undefined){
let data1 = data.hcaObjects;
if(!Number.isInteger(data1)){
return false;
}
{
{
if(data1 > 4294967295){
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


function validate57(data){
/*# sourceURL="config-linux-resources.json" */;
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.devices !== undefined){
let data0 = data.devices;
{
if(Array.isArray(data0)){
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
if(!(validate58(data0[i0]))){
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
if(!(validate60(data.memory))){
return false;
}
}
{
if(data.cpu !== undefined){
if(!(validate62(data.cpu))){
return false;
}
}
{
if(data.pids !== undefined){
if(!(validate64(data.pids))){
return false;
}
}
{
if(data.blockIO !== undefined){
if(!(validate66(data.blockIO))){
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
if(!(validate75(data6[i1]))){
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
if(!(validate77(data.network))){
return false;
}
}
{
if(data.rdma !== undefined){
let data9 = data.rdma;
{
if(data9 && typeof data9 == "object" && !Array.isArray(data9)){
for(const key0 in data9){
if(!(validate81(data9[key0]))){
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

const pattern4 = new RegExp("^MB:[^\\n]*$", "u");

function validate84(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.closID !== undefined){
if(typeof data.closID !== "string"){
return false;
}
}
{
if(data.schemata !== undefined){
let data1 = data.schemata;
{
if(Array.isArray(data1)){
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
if(typeof data1[i0] !== "string"){
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
if(data.l3CacheSchema !== undefined){
if(typeof data.l3CacheSchema !== "string"){
return false;
}
}
{
if(data.memBwSchema !== undefined){
let data4 = data.memBwSchema;
{
if(typeof data4 === "string"){
if(!pattern4.test(data4)){
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

const schema127 = {"type":"string","enum":["MPOL_DEFAULT","MPOL_BIND","MPOL_INTERLEAVE","MPOL_WEIGHTED_INTERLEAVE","MPOL_PREFERRED","MPOL_PREFERRED_MANY","MPOL_LOCAL"]};
const schema128 = {"type":"string","enum":["MPOL_F_NUMA_BALANCING","MPOL_F_RELATIVE_NODES","MPOL_F_STATIC_NODES"]};

function validate86(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.mode !== undefined){
let data0 = data.mode;
if(typeof data0 !== "string"){
return false;
}
if(!(((((((data0 === "MPOL_DEFAULT") || (data0 === "MPOL_BIND")) || (data0 === "MPOL_INTERLEAVE")) || (data0 === "MPOL_WEIGHTED_INTERLEAVE")) || (data0 === "MPOL_PREFERRED")) || (data0 === "MPOL_PREFERRED_MANY")) || (data0 === "MPOL_LOCAL"))){
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
let data3 = data2[i0];
if(typeof data3 !== "string"){
return false;
}
if(!(((data3 === "MPOL_F_NUMA_BALANCING") || (data3 === "MPOL_F_RELATIVE_NODES")) || (data3 === "MPOL_F_STATIC_NODES"))){
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

const schema130 = {"type":"string","enum":["SCMP_ACT_KILL","SCMP_ACT_KILL_PROCESS","SCMP_ACT_KILL_THREAD","SCMP_ACT_TRAP","SCMP_ACT_ERRNO","SCMP_ACT_TRACE","SCMP_ACT_ALLOW","SCMP_ACT_LOG","SCMP_ACT_NOTIFY"]};
const schema132 = {"type":"string","enum":["SCMP_ARCH_X86","SCMP_ARCH_X86_64","SCMP_ARCH_X32","SCMP_ARCH_ARM","SCMP_ARCH_AARCH64","SCMP_ARCH_LOONGARCH64","SCMP_ARCH_M68K","SCMP_ARCH_MIPS","SCMP_ARCH_MIPS64","SCMP_ARCH_MIPS64N32","SCMP_ARCH_MIPSEL","SCMP_ARCH_MIPSEL64","SCMP_ARCH_MIPSEL64N32","SCMP_ARCH_PARISC","SCMP_ARCH_PARISC64","SCMP_ARCH_PPC","SCMP_ARCH_PPC64","SCMP_ARCH_PPC64LE","SCMP_ARCH_RISCV64","SCMP_ARCH_S390","SCMP_ARCH_S390X","SCMP_ARCH_SH","SCMP_ARCH_SHEB"]};
const schema133 = {"type":"string","enum":["SECCOMP_FILTER_FLAG_TSYNC","SECCOMP_FILTER_FLAG_LOG","SECCOMP_FILTER_FLAG_SPEC_ALLOW","SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"]};
const schema141 = {"type":"string","enum":["SCMP_CMP_NE","SCMP_CMP_LT","SCMP_CMP_LE","SCMP_CMP_EQ","SCMP_CMP_GE","SCMP_CMP_GT","SCMP_CMP_MASKED_EQ"]};

function validate90(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((((data.index === undefined)) || ((data.value === undefined))) || ((data.op === undefined))){
return false;
}
else {
if(data.index !== undefined){
let data0 = data.index;
if(!Number.isInteger(data0)){
return false;
}
{
{
if(data0 > 4294967295){
return false;
}
else {
if(data0 < 0){
return false;
}
}
}
}
}
{
if(data.value !== undefined){
let data1 = data.value;
if(!Number.isInteger(data1)){
return false;
}
{
{
if(data1 > 18446744073709552000){
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
{
if(data.valueTwo !== undefined){
let data2 = data.valueTwo;
if(!Number.isInteger(data2)){
return false;
}
{
{
if(data2 > 18446744073709552000){
return false;
}
else {
if(data2 < 0){
return false;
}
}
}
}
}
{
if(data.op !== undefined){
let data3 = data.op;
if(typeof data3 !== "string"){
return false;
}
if(!(((((((data3 === "SCMP_CMP_NE") || (data3 === "SCMP_CMP_LT")) || (data3 === "SCMP_CMP_LE")) || (data3 === "SCMP_CMP_EQ")) || (data3 === "SCMP_CMP_GE")) || (data3 === "SCMP_CMP_GT")) || (data3 === "SCMP_CMP_MASKED_EQ"))){
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


function validate89(data){
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
let data2 = data.action;
if(typeof data2 !== "string"){
return false;
}
if(!(((((((((data2 === "SCMP_ACT_KILL") || (data2 === "SCMP_ACT_KILL_PROCESS")) || (data2 === "SCMP_ACT_KILL_THREAD")) || (data2 === "SCMP_ACT_TRAP")) || (data2 === "SCMP_ACT_ERRNO")) || (data2 === "SCMP_ACT_TRACE")) || (data2 === "SCMP_ACT_ALLOW")) || (data2 === "SCMP_ACT_LOG")) || (data2 === "SCMP_ACT_NOTIFY"))){
return false;
}
}
{
if(data.errnoRet !== undefined){
let data3 = data.errnoRet;
if(!Number.isInteger(data3)){
return false;
}
{
{
if(data3 > 4294967295){
return false;
}
else {
if(data3 < 0){
return false;
}
}
}
}
}
{
if(data.args !== undefined){
let data4 = data.args;
{
if(Array.isArray(data4)){
const len1 = data4.length;
for(let i1=0; i1<len1; i1++){
if(!(validate90(data4[i1]))){
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


function validate88(data){
/*# sourceURL="config-linux-seccomp.json" */;
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((data.defaultAction === undefined)){
return false;
}
else {
if(data.defaultAction !== undefined){
let data0 = data.defaultAction;
if(typeof data0 !== "string"){
return false;
}
if(!(((((((((data0 === "SCMP_ACT_KILL") || (data0 === "SCMP_ACT_KILL_PROCESS")) || (data0 === "SCMP_ACT_KILL_THREAD")) || (data0 === "SCMP_ACT_TRAP")) || (data0 === "SCMP_ACT_ERRNO")) || (data0 === "SCMP_ACT_TRACE")) || (data0 === "SCMP_ACT_ALLOW")) || (data0 === "SCMP_ACT_LOG")) || (data0 === "SCMP_ACT_NOTIFY"))){
return false;
}
}
{
if(data.defaultErrnoRet !== undefined){
let data1 = data.defaultErrnoRet;
if(!Number.isInteger(data1)){
return false;
}
{
{
if(data1 > 4294967295){
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
{
if(data.architectures !== undefined){
let data2 = data.architectures;
{
if(Array.isArray(data2)){
const len0 = data2.length;
for(let i0=0; i0<len0; i0++){
let data3 = data2[i0];
if(typeof data3 !== "string"){
return false;
}
if(!(((((((((((((((((((((((data3 === "SCMP_ARCH_X86") || (data3 === "SCMP_ARCH_X86_64")) || (data3 === "SCMP_ARCH_X32")) || (data3 === "SCMP_ARCH_ARM")) || (data3 === "SCMP_ARCH_AARCH64")) || (data3 === "SCMP_ARCH_LOONGARCH64")) || (data3 === "SCMP_ARCH_M68K")) || (data3 === "SCMP_ARCH_MIPS")) || (data3 === "SCMP_ARCH_MIPS64")) || (data3 === "SCMP_ARCH_MIPS64N32")) || (data3 === "SCMP_ARCH_MIPSEL")) || (data3 === "SCMP_ARCH_MIPSEL64")) || (data3 === "SCMP_ARCH_MIPSEL64N32")) || (data3 === "SCMP_ARCH_PARISC")) || (data3 === "SCMP_ARCH_PARISC64")) || (data3 === "SCMP_ARCH_PPC")) || (data3 === "SCMP_ARCH_PPC64")) || (data3 === "SCMP_ARCH_PPC64LE")) || (data3 === "SCMP_ARCH_RISCV64")) || (data3 === "SCMP_ARCH_S390")) || (data3 === "SCMP_ARCH_S390X")) || (data3 === "SCMP_ARCH_SH")) || (data3 === "SCMP_ARCH_SHEB"))){
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
let data5 = data4[i1];
if(typeof data5 !== "string"){
return false;
}
if(!((((data5 === "SECCOMP_FILTER_FLAG_TSYNC") || (data5 === "SECCOMP_FILTER_FLAG_LOG")) || (data5 === "SECCOMP_FILTER_FLAG_SPEC_ALLOW")) || (data5 === "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"))){
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
if(!(validate89(data8[i2]))){
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

const schema146 = {"type":"string","enum":["LINUX","LINUX32"]};

function validate94(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.domain !== undefined){
let data0 = data.domain;
if(typeof data0 !== "string"){
return false;
}
if(!((data0 === "LINUX") || (data0 === "LINUX32"))){
return false;
}
}
{
if(data.flags !== undefined){
let data1 = data.flags;
{
if(Array.isArray(data1)){
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
if(typeof data1[i0] !== "string"){
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


function validate44(data){
/*# sourceURL="config-linux.json" */;
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.namespaces !== undefined){
let data0 = data.namespaces;
{
if(Array.isArray(data0)){
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
if(!(validate45(data0[i0]))){
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
if(!(validate47(data2[i1]))){
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
if(!(validate47(data4[i2]))){
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
if(!(validate50(data.timeOffsets))){
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
if(!(validate55(data7[i3]))){
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
let data10 = data9[key0];
{
if(data10 && typeof data10 == "object" && !Array.isArray(data10)){
if(data10.name !== undefined){
if(typeof data10.name !== "string"){
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
}
{
if(data.cgroupsPath !== undefined){
if(typeof data.cgroupsPath !== "string"){
return false;
}
}
{
if(data.resources !== undefined){
if(!(validate57(data.resources))){
return false;
}
}
{
if(data.intelRdt !== undefined){
if(!(validate84(data.intelRdt))){
return false;
}
}
{
if(data.memoryPolicy !== undefined){
if(!(validate86(data.memoryPolicy))){
return false;
}
}
{
if(data.sysctl !== undefined){
let data16 = data.sysctl;
{
if(data16 && typeof data16 == "object" && !Array.isArray(data16)){
for(const key1 in data16){
if(typeof data16[key1] !== "string"){
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
if(!(validate88(data.seccomp))){
return false;
}
}
{
if(data.rootfsPropagation !== undefined){
let data19 = data.rootfsPropagation;
if(typeof data19 !== "string"){
return false;
}
if(!((((((((data19 === "shared") || (data19 === "slave")) || (data19 === "private")) || (data19 === "unbindable")) || (data19 === "rshared")) || (data19 === "rslave")) || (data19 === "rprivate")) || (data19 === "runbindable"))){
return false;
}
}
{
if(data.maskedPaths !== undefined){
let data20 = data.maskedPaths;
{
if(Array.isArray(data20)){
const len4 = data20.length;
for(let i4=0; i4<len4; i4++){
if(typeof data20[i4] !== "string"){
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
if(data.readonlyPaths !== undefined){
let data22 = data.readonlyPaths;
{
if(Array.isArray(data22)){
const len5 = data22.length;
for(let i5=0; i5<len5; i5++){
if(typeof data22[i5] !== "string"){
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
if(data.mountLabel !== undefined){
if(typeof data.mountLabel !== "string"){
return false;
}
}
{
if(data.personality !== undefined){
if(!(validate94(data.personality))){
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


function validate99(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((data.path === undefined)){
return false;
}
else {
if(data.path !== undefined){
if(typeof data.path !== "string"){
return false;
}
}
{
if(data.parameters !== undefined){
let data1 = data.parameters;
{
if(Array.isArray(data1)){
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
if(typeof data1[i0] !== "string"){
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


function validate101(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((data.path === undefined)){
return false;
}
else {
if(data.path !== undefined){
if(typeof data.path !== "string"){
return false;
}
}
{
if(data.parameters !== undefined){
let data1 = data.parameters;
{
if(Array.isArray(data1)){
const len0 = data1.length;
for(let i0=0; i0<len0; i0++){
if(typeof data1[i0] !== "string"){
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
if(data.initrd !== undefined){
if(typeof data.initrd !== "string"){
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

const schema157 = {"type":"object","properties":{"path":{"$ref":"defs.json#/definitions/Path"},"format":{"type":"string","enum":["raw","qcow2","vdi","vmdk","vhd"]}},"required":["path","format"]};

function validate103(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(((data.path === undefined)) || ((data.format === undefined))){
return false;
}
else {
if(data.path !== undefined){
if(typeof data.path !== "string"){
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


function validate106(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(((data.firstMFN === undefined)) || ((data.nrMFNs === undefined))){
return false;
}
else {
if(data.firstGFN !== undefined){
let data0 = data.firstGFN;
if(!Number.isInteger(data0)){
return false;
}
{
{
if(data0 > 18446744073709552000){
return false;
}
else {
if(data0 < 0){
return false;
}
}
}
}
}
{
if(data.firstMFN !== undefined){
let data1 = data.firstMFN;
if(!Number.isInteger(data1)){
return false;
}
{
{
if(data1 > 18446744073709552000){
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
{
if(data.nrMFNs !== undefined){
let data2 = data.nrMFNs;
if(!Number.isInteger(data2)){
return false;
}
{
{
if(data2 > 18446744073709552000){
return false;
}
else {
if(data2 < 0){
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


function validate108(data){
{
if(Array.isArray(data)){
const len0 = data.length;
for(let i0=0; i0<len0; i0++){
let data0 = data[i0];
if(!Number.isInteger(data0)){
return false;
}
{
{
if(data0 > 4294967295){
return false;
}
else {
if(data0 < 0){
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


function validate105(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.deviceTree !== undefined){
if(typeof data.deviceTree !== "string"){
return false;
}
}
{
if(data.vcpus !== undefined){
let data1 = data.vcpus;
if(!Number.isInteger(data1)){
return false;
}
{
{
if(data1 > 4294967295){
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
{
if(data.memory !== undefined){
let data2 = data.memory;
if(!Number.isInteger(data2)){
return false;
}
{
{
if(data2 > 18446744073709552000){
return false;
}
else {
if(data2 < 0){
return false;
}
}
}
}
}
{
if(data.dtdevs !== undefined){
let data3 = data.dtdevs;
{
if(Array.isArray(data3)){
const len0 = data3.length;
for(let i0=0; i0<len0; i0++){
if(typeof data3[i0] !== "string"){
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
if(data.iomems !== undefined){
let data5 = data.iomems;
{
if(Array.isArray(data5)){
const len1 = data5.length;
for(let i1=0; i1<len1; i1++){
if(!(validate106(data5[i1]))){
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
if(!(validate108(data.irqs))){
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


function validate98(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if((data.kernel === undefined)){
return false;
}
else {
if(data.hypervisor !== undefined){
if(!(validate99(data.hypervisor))){
return false;
}
}
{
if(data.kernel !== undefined){
if(!(validate101(data.kernel))){
return false;
}
}
{
if(data.image !== undefined){
if(!(validate103(data.image))){
return false;
}
}
{
if(data.hwConfig !== undefined){
if(!(validate105(data.hwConfig))){
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

const schema172 = {"type":"object","properties":{"id":{"type":"string"},"idType":{"type":"string","enum":["class"]}},"required":["id","idType"]};

function validate113(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.memory !== undefined){
let data0 = data.memory;
{
if(data0 && typeof data0 == "object" && !Array.isArray(data0)){
if(data0.limit !== undefined){
let data1 = data0.limit;
if(!Number.isInteger(data1)){
return false;
}
{
{
if(data1 > 18446744073709552000){
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
let data3 = data2.count;
if(!Number.isInteger(data3)){
return false;
}
{
{
if(data3 > 18446744073709552000){
return false;
}
else {
if(data3 < 0){
return false;
}
}
}
}
}
{
if(data2.shares !== undefined){
let data4 = data2.shares;
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
if(data2.maximum !== undefined){
let data5 = data2.maximum;
if(!Number.isInteger(data5)){
return false;
}
{
{
if(data5 > 65535){
return false;
}
else {
if(data5 < 0){
return false;
}
}
}
}
}
{
if(data2.affinity !== undefined){
let data6 = data2.affinity;
{
if(data6 && typeof data6 == "object" && !Array.isArray(data6)){
if(data6.mask !== undefined){
let data7 = data6.mask;
if(!Number.isInteger(data7)){
return false;
}
{
{
if(data7 > 18446744073709552000){
return false;
}
else {
if(data7 < 0){
return false;
}
}
}
}
}
{
if(data6.group !== undefined){
let data8 = data6.group;
if(!Number.isInteger(data8)){
return false;
}
{
{
if(data8 > 4294967295){
return false;
}
else {
if(data8 < 0){
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
let data10 = data9.iops;
if(!Number.isInteger(data10)){
return false;
}
{
{
if(data10 > 18446744073709552000){
return false;
}
else {
if(data10 < 0){
return false;
}
}
}
}
}
{
if(data9.bps !== undefined){
let data11 = data9.bps;
if(!Number.isInteger(data11)){
return false;
}
{
{
if(data11 > 18446744073709552000){
return false;
}
else {
if(data11 < 0){
return false;
}
}
}
}
}
{
if(data9.sandboxSize !== undefined){
let data12 = data9.sandboxSize;
if(!Number.isInteger(data12)){
return false;
}
{
{
if(data12 > 18446744073709552000){
return false;
}
else {
if(data12 < 0){
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


function validate115(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.endpointList !== undefined){
let data0 = data.endpointList;
{
if(Array.isArray(data0)){
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
if(typeof data0[i0] !== "string"){
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
if(data.allowUnqualifiedDNSQuery !== undefined){
if(typeof data.allowUnqualifiedDNSQuery !== "boolean"){
return false;
}
}
{
if(data.DNSSearchList !== undefined){
let data3 = data.DNSSearchList;
{
if(Array.isArray(data3)){
const len1 = data3.length;
for(let i1=0; i1<len1; i1++){
if(typeof data3[i1] !== "string"){
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


function validate112(data){
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
if(data.devices !== undefined){
let data2 = data.devices;
{
if(Array.isArray(data2)){
const len1 = data2.length;
for(let i1=0; i1<len1; i1++){
let data3 = data2[i1];
{
if(data3 && typeof data3 == "object" && !Array.isArray(data3)){
if(((data3.id === undefined)) || ((data3.idType === undefined))){
return false;
}
else {
if(data3.id !== undefined){
if(typeof data3.id !== "string"){
return false;
}
}
{
if(data3.idType !== undefined){
let data5 = data3.idType;
if(typeof data5 !== "string"){
return false;
}
if(!(data5 === "class")){
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
else {
return false;
}
}
}
{
if(data.resources !== undefined){
if(!(validate113(data.resources))){
return false;
}
}
{
if(data.network !== undefined){
if(!(validate115(data.network))){
return false;
}
}
{
if(data.credentialSpec !== undefined){
let data8 = data.credentialSpec;
if(!(data8 && typeof data8 == "object" && !Array.isArray(data8))){
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
let data11 = data.hyperv;
{
if(data11 && typeof data11 == "object" && !Array.isArray(data11)){
if(data11.utilityVMPath !== undefined){
if(typeof data11.utilityVMPath !== "string"){
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


function validate118(data){
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
let data9 = data8[i0];
{
if(data9 && typeof data9 == "object" && !Array.isArray(data9)){
if(data9.linkname !== undefined){
if(typeof data9.linkname !== "string"){
return false;
}
}
{
if(data9.lowerLink !== undefined){
if(typeof data9.lowerLink !== "string"){
return false;
}
}
{
if(data9.allowedAddress !== undefined){
if(typeof data9.allowedAddress !== "string"){
return false;
}
}
{
if(data9.configureAllowedAddress !== undefined){
if(typeof data9.configureAllowedAddress !== "string"){
return false;
}
}
{
if(data9.defrouter !== undefined){
if(typeof data9.defrouter !== "string"){
return false;
}
}
{
if(data9.macAddress !== undefined){
if(typeof data9.macAddress !== "string"){
return false;
}
}
{
if(data9.linkProtection !== undefined){
if(typeof data9.linkProtection !== "string"){
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

const schema189 = {"type":"object","properties":{"type":{"type":"string","enum":["mount","pid","uts","ipc"]},"path":{"$ref":"defs.json#/definitions/Path"}},"required":["type"]};

function validate121(data){
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
if(typeof data.path !== "string"){
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


function validate120(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.namespaces !== undefined){
let data0 = data.namespaces;
{
if(Array.isArray(data0)){
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
if(!(validate121(data0[i0]))){
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

const schema194 = {"type":"string","enum":["new","inherit"]};
const schema195 = {"type":"string","enum":["disable","new","inherit"]};

function validate125(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.parent !== undefined){
if(typeof data.parent !== "string"){
return false;
}
}
{
if(data.host !== undefined){
let data1 = data.host;
if(typeof data1 !== "string"){
return false;
}
if(!((data1 === "new") || (data1 === "inherit"))){
return false;
}
}
{
if(data.ip4 !== undefined){
let data2 = data.ip4;
if(typeof data2 !== "string"){
return false;
}
if(!(((data2 === "disable") || (data2 === "new")) || (data2 === "inherit"))){
return false;
}
}
{
if(data.ip4Addr !== undefined){
let data3 = data.ip4Addr;
{
if(Array.isArray(data3)){
const len0 = data3.length;
for(let i0=0; i0<len0; i0++){
if(typeof data3[i0] !== "string"){
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
if(data.ip6 !== undefined){
let data5 = data.ip6;
if(typeof data5 !== "string"){
return false;
}
if(!(((data5 === "disable") || (data5 === "new")) || (data5 === "inherit"))){
return false;
}
}
{
if(data.ip6Addr !== undefined){
let data6 = data.ip6Addr;
{
if(Array.isArray(data6)){
const len1 = data6.length;
for(let i1=0; i1<len1; i1++){
if(typeof data6[i1] !== "string"){
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
if(data.vnet !== undefined){
let data8 = data.vnet;
if(typeof data8 !== "string"){
return false;
}
if(!((data8 === "new") || (data8 === "inherit"))){
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
let data10 = data.vnetInterfaces;
{
if(Array.isArray(data10)){
const len2 = data10.length;
for(let i2=0; i2<len2; i2++){
if(typeof data10[i2] !== "string"){
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
if(data.sysvmsg !== undefined){
let data12 = data.sysvmsg;
if(typeof data12 !== "string"){
return false;
}
if(!(((data12 === "disable") || (data12 === "new")) || (data12 === "inherit"))){
return false;
}
}
{
if(data.sysvsem !== undefined){
let data13 = data.sysvsem;
if(typeof data13 !== "string"){
return false;
}
if(!(((data13 === "disable") || (data13 === "new")) || (data13 === "inherit"))){
return false;
}
}
{
if(data.sysvshm !== undefined){
let data14 = data.sysvshm;
if(typeof data14 !== "string"){
return false;
}
if(!(((data14 === "disable") || (data14 === "new")) || (data14 === "inherit"))){
return false;
}
}
{
if(data.enforceStatfs !== undefined){
let data15 = data.enforceStatfs;
if(!Number.isInteger(data15)){
return false;
}
{
{
if(data15 > 255){
return false;
}
else {
if(data15 < 0){
return false;
}
}
}
}
}
{
if(data.allow !== undefined){
let data16 = data.allow;
{
if(data16 && typeof data16 == "object" && !Array.isArray(data16)){
if(data16.setHostname !== undefined){
if(typeof data16.setHostname !== "boolean"){
return false;
}
}
{
if(data16.rawSockets !== undefined){
if(typeof data16.rawSockets !== "boolean"){
return false;
}
}
{
if(data16.chflags !== undefined){
if(typeof data16.chflags !== "boolean"){
return false;
}
}
{
if(data16.mount !== undefined){
let data20 = data16.mount;
{
if(Array.isArray(data20)){
const len3 = data20.length;
for(let i3=0; i3<len3; i3++){
if(typeof data20[i3] !== "string"){
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
if(data16.quotas !== undefined){
if(typeof data16.quotas !== "boolean"){
return false;
}
}
{
if(data16.socketAf !== undefined){
if(typeof data16.socketAf !== "boolean"){
return false;
}
}
{
if(data16.mlock !== undefined){
if(typeof data16.mlock !== "boolean"){
return false;
}
}
{
if(data16.reservedPorts !== undefined){
if(typeof data16.reservedPorts !== "boolean"){
return false;
}
}
{
if(data16.suser !== undefined){
if(typeof data16.suser !== "boolean"){
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


function validate124(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.devices !== undefined){
let data0 = data.devices;
{
if(Array.isArray(data0)){
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
let data1 = data0[i0];
{
if(data1 && typeof data1 == "object" && !Array.isArray(data1)){
if(data1.path !== undefined){
if(typeof data1.path !== "string"){
return false;
}
}
{
if(data1.mode !== undefined){
let data3 = data1.mode;
if(!Number.isInteger(data3)){
return false;
}
{
{
if(data3 > 511){
return false;
}
else {
if(data3 < 0){
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
}
else {
return false;
}
}
}
{
if(data.jail !== undefined){
if(!(validate125(data.jail))){
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


function validate10(data){
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
if(!(validate11(data.root))){
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
if(!(validate14(data2[i0]))){
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
if(!(validate19(data.process))){
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
if(!(validate35(data.hooks))){
return false;
}
}
{
if(data.annotations !== undefined){
let data8 = data.annotations;
{
if(data8 && typeof data8 == "object" && !Array.isArray(data8)){
for(const key0 in data8){
if(typeof data8[key0] !== "string"){
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
if(data.linux !== undefined){
if(!(validate44(data.linux))){
return false;
}
}
{
if(data.vm !== undefined){
if(!(validate98(data.vm))){
return false;
}
}
{
if(data.windows !== undefined){
if(!(validate112(data.windows))){
return false;
}
}
{
if(data.solaris !== undefined){
if(!(validate118(data.solaris))){
return false;
}
}
{
if(data.zos !== undefined){
if(!(validate120(data.zos))){
return false;
}
}
{
if(data.freebsd !== undefined){
if(!(validate124(data.freebsd))){
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

export const validateProcess = validate19;

export const validateResources = validate57;

export const validateState = validate128;
const schema207 = {"type":"string","enum":["creating","created","running","paused","stopped"]};

function validate128(data){
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
let data2 = data.status;
if(typeof data2 !== "string"){
return false;
}
if(!(((((data2 === "creating") || (data2 === "created")) || (data2 === "running")) || (data2 === "paused")) || (data2 === "stopped"))){
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
let data5 = data.annotations;
{
if(data5 && typeof data5 == "object" && !Array.isArray(data5)){
for(const key0 in data5){
if(typeof data5[key0] !== "string"){
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

export const validateFeatures = validate129;
const pattern5 = new RegExp("^CAP_[A-Z_]+$", "u");

function validate131(data){
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
let data2 = data1[i0];
if(typeof data2 !== "string"){
return false;
}
if(!(((((((((data2 === "SCMP_ACT_KILL") || (data2 === "SCMP_ACT_KILL_PROCESS")) || (data2 === "SCMP_ACT_KILL_THREAD")) || (data2 === "SCMP_ACT_TRAP")) || (data2 === "SCMP_ACT_ERRNO")) || (data2 === "SCMP_ACT_TRACE")) || (data2 === "SCMP_ACT_ALLOW")) || (data2 === "SCMP_ACT_LOG")) || (data2 === "SCMP_ACT_NOTIFY"))){
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
let data4 = data3[i1];
if(typeof data4 !== "string"){
return false;
}
if(!(((((((data4 === "SCMP_CMP_NE") || (data4 === "SCMP_CMP_LT")) || (data4 === "SCMP_CMP_LE")) || (data4 === "SCMP_CMP_EQ")) || (data4 === "SCMP_CMP_GE")) || (data4 === "SCMP_CMP_GT")) || (data4 === "SCMP_CMP_MASKED_EQ"))){
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
let data6 = data5[i2];
if(typeof data6 !== "string"){
return false;
}
if(!(((((((((((((((((((((((data6 === "SCMP_ARCH_X86") || (data6 === "SCMP_ARCH_X86_64")) || (data6 === "SCMP_ARCH_X32")) || (data6 === "SCMP_ARCH_ARM")) || (data6 === "SCMP_ARCH_AARCH64")) || (data6 === "SCMP_ARCH_LOONGARCH64")) || (data6 === "SCMP_ARCH_M68K")) || (data6 === "SCMP_ARCH_MIPS")) || (data6 === "SCMP_ARCH_MIPS64")) || (data6 === "SCMP_ARCH_MIPS64N32")) || (data6 === "SCMP_ARCH_MIPSEL")) || (data6 === "SCMP_ARCH_MIPSEL64")) || (data6 === "SCMP_ARCH_MIPSEL64N32")) || (data6 === "SCMP_ARCH_PARISC")) || (data6 === "SCMP_ARCH_PARISC64")) || (data6 === "SCMP_ARCH_PPC")) || (data6 === "SCMP_ARCH_PPC64")) || (data6 === "SCMP_ARCH_PPC64LE")) || (data6 === "SCMP_ARCH_RISCV64")) || (data6 === "SCMP_ARCH_S390")) || (data6 === "SCMP_ARCH_S390X")) || (data6 === "SCMP_ARCH_SH")) || (data6 === "SCMP_ARCH_SHEB"))){
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
let data8 = data7[i3];
if(typeof data8 !== "string"){
return false;
}
if(!((((data8 === "SECCOMP_FILTER_FLAG_TSYNC") || (data8 === "SECCOMP_FILTER_FLAG_LOG")) || (data8 === "SECCOMP_FILTER_FLAG_SPEC_ALLOW")) || (data8 === "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"))){
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
let data10 = data9[i4];
if(typeof data10 !== "string"){
return false;
}
if(!((((data10 === "SECCOMP_FILTER_FLAG_TSYNC") || (data10 === "SECCOMP_FILTER_FLAG_LOG")) || (data10 === "SECCOMP_FILTER_FLAG_SPEC_ALLOW")) || (data10 === "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"))){
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


function validate133(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.modes !== undefined){
let data0 = data.modes;
{
if(Array.isArray(data0)){
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
let data1 = data0[i0];
if(typeof data1 !== "string"){
return false;
}
if(!(((((((data1 === "MPOL_DEFAULT") || (data1 === "MPOL_BIND")) || (data1 === "MPOL_INTERLEAVE")) || (data1 === "MPOL_WEIGHTED_INTERLEAVE")) || (data1 === "MPOL_PREFERRED")) || (data1 === "MPOL_PREFERRED_MANY")) || (data1 === "MPOL_LOCAL"))){
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
let data3 = data2[i1];
if(typeof data3 !== "string"){
return false;
}
if(!(((data3 === "MPOL_F_NUMA_BALANCING") || (data3 === "MPOL_F_RELATIVE_NODES")) || (data3 === "MPOL_F_STATIC_NODES"))){
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


function validate135(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.idmap !== undefined){
let data0 = data.idmap;
{
if(data0 && typeof data0 == "object" && !Array.isArray(data0)){
if(data0.enabled !== undefined){
if(typeof data0.enabled !== "boolean"){
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


function validate130(data){
{
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.namespaces !== undefined){
let data0 = data.namespaces;
{
if(Array.isArray(data0)){
const len0 = data0.length;
for(let i0=0; i0<len0; i0++){
let data1 = data0[i0];
if(typeof data1 !== "string"){
return false;
}
if(!((((((((data1 === "pid") || (data1 === "network")) || (data1 === "mount")) || (data1 === "ipc")) || (data1 === "uts")) || (data1 === "user")) || (data1 === "cgroup")) || (data1 === "time"))){
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
let data4 = data.cgroup;
{
if(data4 && typeof data4 == "object" && !Array.isArray(data4)){
if(data4.v1 !== undefined){
if(typeof data4.v1 !== "boolean"){
return false;
}
}
{
if(data4.v2 !== undefined){
if(typeof data4.v2 !== "boolean"){
return false;
}
}
{
if(data4.systemd !== undefined){
if(typeof data4.systemd !== "boolean"){
return false;
}
}
{
if(data4.systemdUser !== undefined){
if(typeof data4.systemdUser !== "boolean"){
return false;
}
}
{
if(data4.rdma !== undefined){
if(typeof data4.rdma !== "boolean"){
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
if(data.seccomp !== undefined){
if(!(validate131(data.seccomp))){
return false;
}
}
{
if(data.apparmor !== undefined){
let data11 = data.apparmor;
{
if(data11 && typeof data11 == "object" && !Array.isArray(data11)){
if(data11.enabled !== undefined){
if(typeof data11.enabled !== "boolean"){
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
if(data.selinux !== undefined){
let data13 = data.selinux;
{
if(data13 && typeof data13 == "object" && !Array.isArray(data13)){
if(data13.enabled !== undefined){
if(typeof data13.enabled !== "boolean"){
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
if(data.intelRdt !== undefined){
let data15 = data.intelRdt;
{
if(data15 && typeof data15 == "object" && !Array.isArray(data15)){
if(data15.enabled !== undefined){
if(typeof data15.enabled !== "boolean"){
return false;
}
}
{
if(data15.schemata !== undefined){
if(typeof data15.schemata !== "boolean"){
return false;
}
}
{
if(data15.monitoring !== undefined){
if(typeof data15.monitoring !== "boolean"){
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
{
if(data.memoryPolicy !== undefined){
if(!(validate133(data.memoryPolicy))){
return false;
}
}
{
if(data.mountExtensions !== undefined){
if(!(validate135(data.mountExtensions))){
return false;
}
}
{
if(data.netDevices !== undefined){
let data21 = data.netDevices;
{
if(data21 && typeof data21 == "object" && !Array.isArray(data21)){
if(data21.enabled !== undefined){
if(typeof data21.enabled !== "boolean"){
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
}
else {
return false;
}
}
return true;
}


function validate129(data){
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
let data2 = data.hooks;
{
if(Array.isArray(data2)){
const len0 = data2.length;
for(let i0=0; i0<len0; i0++){
if(typeof data2[i0] !== "string"){
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
if(data.mountOptions !== undefined){
let data4 = data.mountOptions;
{
if(Array.isArray(data4)){
const len1 = data4.length;
for(let i1=0; i1<len1; i1++){
if(typeof data4[i1] !== "string"){
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
if(data.annotations !== undefined){
let data6 = data.annotations;
{
if(data6 && typeof data6 == "object" && !Array.isArray(data6)){
for(const key0 in data6){
if(typeof data6[key0] !== "string"){
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
if(data.potentiallyUnsafeConfigAnnotations !== undefined){
let data8 = data.potentiallyUnsafeConfigAnnotations;
{
if(Array.isArray(data8)){
const len2 = data8.length;
for(let i2=0; i2<len2; i2++){
if(typeof data8[i2] !== "string"){
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
if(data.linux !== undefined){
if(!(validate130(data.linux))){
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
